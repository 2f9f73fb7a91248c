"""Head office: keeps the books, answers terminals, looks after the fleet. A terminal never imports it."""
