"""The shell around every screen: one page at a time, a dialog over it, and what is in the same place on all of them.

It turns touches into answers and knows nothing of journeys. `docs/ux.md`, The shell, says what stands where and why.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.models.chrome import Chrome
from kiosk.models.lobby import Home, Notice, OutOfService, StillThere
from kiosk.models.say import Say, say
from kiosk.models.screen import Answer, Idle, Pressed, Screen, Typed
from kiosk.screens.registry import page_class
from kiosk.texts import LANGUAGES, Texts
from kiosk.theme import motion
from kiosk.theme.tokens import Tokens
from kiosk.widgets import parts  # noqa: F401  (the layout names its classes)
from kiosk.widgets.base import Themed, Touchable, load_layout

CHROME = ("language", "large_text", "staff", "home")
"""The touches that are the shell's own and never a journey's answer."""


class Shell(Themed, FloatLayout):
    """Shows models. Answers go to `on_answer`, the shell's own touches to `on_chrome`, every touch to `on_touch`.

    After an answer the whole screen is dead until the next `show`; a second touch on the same command within 0.6 s is
    the same touch. `now` gives seconds that only go forward.
    """

    title = StringProperty("")
    back_words = StringProperty("")
    language_words = StringProperty("")
    staff_words = StringProperty("")
    large_words = StringProperty("")
    leave_words = StringProperty("")
    hotel_words = StringProperty("")
    timer_words = StringProperty("")
    banner_words = StringProperty("")
    banner_kind = StringProperty("warn")
    code = StringProperty("")
    steps = ListProperty([])
    step_words = StringProperty("")
    step = NumericProperty(0)
    art = BooleanProperty(False)
    staff_called = BooleanProperty(False)
    large = BooleanProperty(False)

    def __init__(
        self,
        texts: Texts,
        tokens: Tokens,
        on_answer: Callable[[Answer], None],
        on_chrome: Callable[[str], None],
        on_touch: Callable[[], None],
        now: Callable[[], float] = Clock.get_time,
    ) -> None:
        self._texts, self._on_answer, self._on_chrome, self._on_any = texts, on_answer, on_chrome, on_touch
        self._now = now
        self._chrome = Chrome()
        self._tr = Words(texts, self._chrome.language)
        self._pages, self._page, self._model = {}, None, None
        self._dialog, self._dialog_model = None, None
        self._dead = self._dialog_dead = False
        self._last = ("", float("-inf"))
        super().__init__(tokens=tokens)
        self.ids.under.bind(height=self._cover)
        self._dress()

    # what the counter calls

    def show(self, model: Screen) -> None:
        """Show a screen and take one answer from it."""
        page = self._pages.get(type(model))
        if page is None:
            page = page_class(type(model))(model=model, tr=self._tr, send=self._sent, pos_hint={"x": 0, "y": 0})
            self._pages[type(model)] = page
        self._model, self._dead = model, False
        self._fill(page, model)
        if page is not self._page:
            self._turn_to(page)
        page.shown()
        self._dress()

    def overlay(self, model: Screen | None) -> None:
        """Show a dialog over the screen, update the one that is there, or take it away."""
        if model is None or type(model) is not type(self._dialog_model):
            self._remove_dialog()
        if model is not None and self._dialog is None:
            self._dialog = page_class(type(model))(model=model, tr=self._tr, send=self._sent_by_dialog)
            hand_down(self._dialog, self.tokens)
            self.add_widget(self._dialog)
        if model is not None:
            self._dialog.model = model
            self._dialog_dead = False
        self._dialog_model = model

    def chrome(self, chrome: Chrome) -> None:
        """Language, text size, staff, banner. The screen is rendered again in place; step and data stay."""
        if chrome.language != self._chrome.language:
            self._tr = Words(self._texts, chrome.language)
        self._chrome = chrome
        self.tokens = self.tokens.with_large(chrome.large_text)
        if self._page is not None:
            self._fill(self._page, self._model)
        if self._dialog is not None:
            self._dialog.tr = self._tr
            hand_down(self._dialog, self.tokens)
        self._dress()

    def wipe(self) -> None:
        """Drop every page and dialog with what it knows of the guest, textures included. Show something next."""
        self._remove_dialog()
        if self._page is not None:
            self._page.hidden()
        self.ids.stage.clear_widgets()
        self._pages, self._page, self._model, self._dialog_model = {}, None, None, None
        self._last = ("", float("-inf"))
        self._dress()
        gc.collect()

    def controls(self) -> dict[str, Touchable]:
        """What can be touched right now by action, the shell's own as `chrome.staff` and so on; keys as `key.5`."""
        if self._dialog is not None:
            return _touchables(self._dialog)
        found = {} if self._page is None else _touchables(self._page)
        for name, control in _touchables(self.ids.bar).items() | _touchables(self.ids.foot).items():
            found["back" if name == "back" else f"chrome.{name}"] = control
        return found

    # touches

    def on_touch_down(self, touch):
        if not self.collide_point(*touch.pos):
            return False
        if not isinstance(self._dialog_model, StillThere):
            self._on_any()      # a stray touch must not keep somebody else's data open
        if self._dialog is not None:
            return self._dialog.on_touch_down(touch) or True
        if self._dead:
            return self.ids.bar.on_touch_down(touch) or self.ids.foot.on_touch_down(touch) or True
        return super().on_touch_down(touch)

    def take(self, action):
        """A touch on the bar or the footer."""
        if action in CHROME:
            self._on_chrome(action)
        else:
            self._sent(action)

    def _sent(self, action: str | Answer) -> None:
        if self._dead or self._model is None:
            return
        if action in CHROME and action not in self._model.offered():
            self._on_chrome(action)
        elif not self._again(action):
            self._dead = True
            self._on_answer(Pressed(action) if isinstance(action, str) else action)

    def _sent_by_dialog(self, action: str) -> None:
        if not self._dialog_dead and not self._again(action):
            self._dialog_dead = True
            self._on_answer(Pressed(action))

    def _again(self, action: str | Answer) -> bool:
        """Whether this is the second half of a double touch on one command."""
        name = "" if isinstance(action, Typed) else action
        before, when = self._last
        now = self._now()
        if name == before and now - when < motion.DOUBLE_TOUCH:
            return True
        self._last = (name, now)
        return False

    # the inside

    def _fill(self, page, model):
        page.tr = self._tr
        page.staff_called = self._chrome.staff_called
        page.model = model
        hand_down(page, self.tokens)

    def _turn_to(self, page):
        if self._page is not None:
            self._page.hidden()
        self.ids.stage.clear_widgets()
        self.ids.stage.add_widget(page)
        self._page = page
        if self.tokens.motion == "gpu":
            stage = self.ids.stage.__self__
            stage.x = self.x + dp(48)
            Animation(x=self.x, duration=motion.ENTER, transition="out_cubic").start(stage)

    def _remove_dialog(self):
        if self._dialog is not None:
            self.remove_widget(self._dialog)
        self._dialog = None

    def _cover(self, *_):
        """Tell a page with a picture how much the banner covers."""
        if self._page is not None:
            self._page.top_inset = self.ids.under.height if self.art else 0

    def _dress(self):
        """Fill what surrounds the page from the model and the chrome."""
        tr, chrome, model = self._tr, self._chrome, self._model
        own = "en" if chrome.language != "en" else next(iter(LANGUAGES))
        self.language_words = self._texts.render(say("lang.name"), own)
        self.art = self._page is not None and self._page.ART
        self.back_words = tr("chrome.back") if model is not None and "back" in model.offered() else ""
        self.staff_called = chrome.staff_called
        self.staff_words = tr("chrome.staff.called" if chrome.staff_called else "chrome.staff")
        self.large = chrome.large_text
        self.large_words = tr("chrome.normal" if chrome.large_text else "chrome.large")
        self.leave_words = tr("chrome.leave") if _may_leave(model) else ""
        self.timer_words = "" if chrome.seconds_left is None else str(chrome.seconds_left)
        self.banner_words = tr(chrome.banner) if chrome.banner else ""
        self.banner_kind = chrome.banner_kind
        self.code = getattr(model, "code", "") or chrome.code
        self.hotel_words = tr(model.hotel) if hasattr(model, "hotel") else ""
        bar = getattr(model, "on", None) or (model.step if model is not None else None)
        self.title = tr(f"flow.{bar[0]}") if bar else tr(getattr(self._page, "TITLE", "")) if self._page else ""
        self.steps = [tr(f"step.{bar[0]}.{n}") for n in range(STEPS[bar[0]])] if bar else []
        self.step = bar[1] if bar else 0
        self.step_words = (
            tr("chrome.step", n=self.step + 1, of=len(self.steps), name=self.steps[self.step]) if bar else ""
        )
        self._cover()


STEPS = {"check_in": 4, "check_out": 3, "coupon": 3}


class Words:
    """Words a key with values, or a Say, in one language. Frozen: another language is another one."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts, self._language = texts, language

    def __call__(self, what: str | Say | None, /, **values) -> str:
        """The sentence; nothing for nothing."""
        if not what:
            return ""
        return self._texts.render(say(what, **values) if isinstance(what, str) else what, self._language)

    def has(self, key: str) -> bool:
        """Whether there are words for `key`."""
        return self._texts.has(key, self._language)


def _may_leave(model: Screen | None) -> bool:
    """Whether this is a guest's own screen, which he may end and have wiped; a page that ends by itself says so."""
    if isinstance(model, Notice):
        return "finish" not in model.choices
    return model is not None and model.idle is Idle.GUEST and not isinstance(model, Home | OutOfService)


def _touchables(root) -> dict[str, Touchable]:
    return {
        widget.action: widget
        for widget in root.walk(restrict=True)
        if isinstance(widget, Touchable) and widget.action and widget.enabled and widget.opacity
    }


def hand_down(root, tokens: Tokens) -> None:
    """Give the look to everything under `root`."""
    for widget in root.walk(restrict=True):
        if isinstance(widget, Themed):
            widget.tokens = tokens


load_layout(__file__)
