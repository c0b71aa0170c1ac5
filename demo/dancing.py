"""The page where a person dances: choose music and a person, and watch both stages of DanceGAN in time with
the sound."""
from __future__ import annotations

import base64
import io
import json
import random
from pathlib import Path

import cv2
import gradio as gr
import numpy as np
from layout import HERE
from numpy.typing import NDArray
from scipy.io import wavfile
from sentences import in_one_sentence
from studio import Studio
from uploads import read_source

from ggtoolbox.apis.dancing import Performance
from ggtoolbox.datasets.sound import SOUND_SUFFIXES, read_sound
from ggtoolbox.datasets.toyworld.music import BEATS, DANCES
from ggtoolbox.datasets.toyworld_dance import toyworld_video

SCRIPT = (HERE / 'player.js').read_text(encoding='utf-8')
SECONDS, LONGEST = 5.0, 20.0  # of ToyWorld's music; of a song that is uploaded
PERSON_SEED = 2  # of the world that no model has seen
HINT = """# A person dances
Choose a beat or bring a short song, choose a person, and press play: skeletons from the music, and the person
in their poses."""


def performance_text(made: Performance) -> str:
    """What ``player.js`` shows: skeletons beside the person, one frame below the other, and the sound."""
    both = np.concatenate([made.skeletons, made.frames], axis=2)
    sheet = cv2.imencode('.png', both.reshape(-1, *both.shape[2:])[..., ::-1])[1].tobytes()
    sound = io.BytesIO()
    wavfile.write(sound, made.rate, made.sound)
    return json.dumps(dict(
        frames=len(both), fps=made.fps, height=both.shape[1], width=both.shape[2],
        sheet=_data_uri('image/png', sheet), sound=_data_uri('audio/wav', sound.getvalue())))


def _data_uri(kind: str, content: bytes) -> str:
    return f'data:{kind};base64,{base64.b64encode(content).decode()}'


class DancePage:
    """Handlers of the page's events; each returns values for the parts that its event names as outputs."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self.choreographer = studio, studio.choreographer()

    def another_person(self) -> NDArray[np.uint8]:
        """-> person."""
        number = random.randrange(10000)
        return toyworld_video(PERSON_SEED, number, SECONDS, self.choreographer.video.size)[2]

    def bring_person(self, path: str) -> NDArray[np.uint8]:
        """An uploaded picture. -> person."""
        return read_source(path, self.choreographer.video.size)

    def bring_song(self, path: str) -> tuple:
        """An uploaded song. -> song, its name."""
        sound = read_sound(path, self.choreographer.rate)[:round(LONGEST * self.choreographer.rate)]
        return sound, f'Dances to {Path(path).name}, at most {LONGEST:.0f} s of it.'

    def choose_beat(self, beat: str) -> tuple:
        """ToyWorld's music again. -> song, its name."""
        return None, f'Dances to {beat}.'

    def dance(self, beat: str, song: NDArray | None, person: NDArray[np.uint8], seed: float) -> str:
        """-> player."""
        if song is None:
            number = DANCES.index(beat)
            kind, tempo = divmod(number, len(BEATS[0]))
            song = toyworld_video(PERSON_SEED, number, SECONDS, (16, 16), kind, BEATS[kind][tempo])[1]
        with self.studio.lock:
            return performance_text(self.choreographer(song, person, seed=int(seed or 0)))

    def dance_again(self, beat: str, song: NDArray | None, person: NDArray[np.uint8], seed: float) -> tuple:
        """Another dance to the same music. -> seed, player."""
        seed = int(seed or 0) + 1
        return seed, self.dance(beat, song, person, seed)


def add_dance_page(blocks: gr.Blocks, studio: Studio) -> None:
    """A second page, at ``/dance``."""
    page, guard = DancePage(studio), in_one_sentence
    quiet, shown = (dict(api_visibility='private', show_progress=how) for how in ('hidden', 'minimal'))
    with blocks.route('Dance', '/dance'), gr.Column(elem_id='page'):
        gr.Markdown(HINT, elem_id='head')
        song = gr.State(None)
        with gr.Row(elem_id='work'):
            with gr.Column(min_width=240, elem_classes='pane'):
                beat = gr.Radio(list(DANCES), value=DANCES[0], label='Beat', elem_id='beat')
                upload_song = gr.UploadButton('Upload a song', file_types=list(SOUND_SUFFIXES), size='sm',
                                              elem_id='upload-song')
                name = gr.Markdown(f'Dances to {DANCES[0]}.', elem_id='song-name')
            with gr.Column(min_width=200, elem_classes='pane'):
                person = gr.Image(page.another_person(), type='numpy', interactive=False, label='Person',
                                  elem_id='person', elem_classes='generated')
                another = gr.Button('Another person', size='sm', elem_id='another-person')
                upload = gr.UploadButton('Upload a picture', file_types=['image'], size='sm',
                                         elem_id='upload-person')
            with gr.Column(min_width=260, elem_classes='pane'):
                player = gr.HTML(None, label='Dance', html_template='', elem_id='dancer',
                                 js_on_load=SCRIPT, apply_default_css=False)
                again = gr.Button('Another dance', variant='primary', elem_id='again')
                seed = gr.Number(0, precision=0, label='Seed', elem_id='dance-seed')
        given = [beat, song, person, seed]
        for ready in (
                beat.input(guard(page.choose_beat), [beat], [song, name], **quiet),
                upload_song.upload(guard(page.bring_song), [upload_song], [song, name], **quiet),
                another.click(guard(page.another_person), [], [person], **quiet),
                upload.upload(guard(page.bring_person), [upload], [person], **quiet)):
            ready.success(guard(page.dance), given, [player], **shown)
        gr.on([blocks.load, seed.submit], guard(page.dance), given, [player], **shown)
        again.click(guard(page.dance_again), given, [seed, player], **shown)
