"""The whole hotel on one machine: broker, central, stand-ins for devices, and a terminal. Nothing imports it."""
