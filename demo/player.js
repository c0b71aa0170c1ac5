// Run by gradio when the component is on the page: it gives element, props and watch. Shows the frames of a dance
// at the time of its sound. The value is a JSON text that dancing.py writes.

const player = document.createElement('div');
player.className = 'player';
const canvas = document.createElement('canvas');
const sound = document.createElement('audio');
sound.controls = true;
sound.loop = true;
player.append(canvas, sound);
element.append(player);
const context = canvas.getContext('2d');
const sheet = new Image();
let dance = null;

function show() {
  if (!dance || !sheet.complete || !sheet.naturalWidth) return;
  const frame = Math.min(dance.frames - 1, Math.floor(sound.currentTime * dance.fps + 1e-6));
  context.drawImage(sheet, 0, frame * dance.height, dance.width, dance.height, 0, 0, dance.width, dance.height);
  canvas.dataset.frame = frame;
}

function follow() {
  show();
  if (!sound.paused) requestAnimationFrame(follow);
}

function load() {
  dance = props.value ? JSON.parse(props.value) : null;
  player.hidden = !dance;
  if (!dance) return;
  canvas.width = dance.width;
  canvas.height = dance.height;
  delete canvas.dataset.frame;
  sheet.src = dance.sheet;
  sound.src = dance.sound;
}

sheet.addEventListener('load', show);
for (const event of ['seeked', 'timeupdate', 'loadedmetadata']) sound.addEventListener(event, show);
sound.addEventListener('play', follow);
watch('value', load);
load();
