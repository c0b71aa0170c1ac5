"""The page's server, and what it refuses."""
from __future__ import annotations

import socket

import gradio as gr
from layout import STYLES, theme
from page import build_page
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from studio import Studio
from uploads import MOST_BYTES

from ggtoolbox.errors import InputError

# A browser that shows the page fetches nothing from anywhere else; 'unsafe-eval' is gradio's own need.
POLICY = ("default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
          "style-src 'self' 'unsafe-inline'; frame-ancestors 'self'")


class ContentSecurityPolicy:
    """Adds ``POLICY`` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message['type'] == 'http.response.start':
                policy = b'content-security-policy', POLICY.encode()
                message['headers'] = [*message.get('headers', ()), policy]
            await send(message)
        await self.app(scope, receive, send_with_policy)


def serve(studio: Studio, host: str, port: int, wait: bool = True) -> gr.Blocks:
    """Answer until interrupted; without ``wait``, until the returned page is closed.

    Raises:
        InputError: the port is taken, or the host is none of this machine.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise InputError(f'--host {host} --port {port}: cannot listen there ({error})') from error
    page = build_page(studio).queue(default_concurrency_limit=2)
    page.launch(server_name=host, server_port=port, share=False, ssr_mode=False, max_file_size=MOST_BYTES,
                theme=theme(), css_paths=[STYLES], footer_links=[], prevent_thread_lock=not wait,
                quiet=not wait, app_kwargs=dict(middleware=[Middleware(ContentSecurityPolicy)]))
    return page
