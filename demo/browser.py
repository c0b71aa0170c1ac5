"""A headless browser, for the page's tests and its picture in the README."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from ggtoolbox.errors import InputError

BROWSERS = ('chromium', 'chromium-browser', 'google-chrome')
# The last one leaves it without a network: no name has an address.
FLAGS = ('--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
         '--disable-background-networking', '--disable-component-update',
         '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1')


@contextmanager
def headless() -> Iterator[Browser]:
    """The system's Chromium or Chrome.

    Raises:
        InputError: there is none.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise InputError(f'no browser was found (looked for {", ".join(BROWSERS)}); install one, such as by '
                         'apt-get install chromium')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def shown(page: Page, which: str = 'first') -> str:
    """The address of a generated picture, once there is one; equal pictures have equal addresses."""
    page.wait_for_selector(f'#{which} img')
    return page.locator(f'#{which} img').get_attribute('src')


def wait_for_another(page: Page, before: str, which: str = 'first') -> str:
    """The address of the picture that follows ``before``."""
    page.wait_for_function(
        '([which, before]) => { const image = document.querySelector(`#${which} img`);'
        ' return image && image.getAttribute("src") !== before; }', arg=[which, before])
    return shown(page, which)


def paint(page: Page, class_name: str, *places: tuple[float, float]) -> None:
    """A stroke with the brush through places, given as shares of the canvas."""
    page.locator('#canvas .tray button', has_text=class_name).first.click()
    box = page.locator('#canvas svg').bounding_box()
    points = [(box['x'] + x * box['width'], box['y'] + y * box['height']) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()


def choose(page: Page, field: str, option: str) -> None:
    """Pick an option of a list, such as ``model``."""
    page.locator(f'#{field} input').click()
    page.get_by_role('option', name=option, exact=True).click()
    page.get_by_role('option').first.wait_for(state='detached')  # or the next list would lie beside this one
