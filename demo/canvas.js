// The canvas of the page: paints label maps and drags joints. Its value is a JSON text that
// drawings.py writes and reads back; what only one of the two needs is in painting.js and joints.js.

const SVG = 'http://www.w3.org/2000/svg';
const UNDO_STEPS = 50;
const SHOWN_HEIGHT = 384; // CSS pixels

function create(tag, attributes, parent, text) {
  const node = ['svg', 'line', 'circle', 'title'].includes(tag)
    ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

class Surface {
  /** element: where to draw; announce: called with the value after each change of the user's. */
  constructor(element, announce, download) {
    this.announce = announce;
    this.download = download;
    this.undoable = [];
    this.redoable = [];
    const root = create('div', {class: 'surface'}, element);
    this.stage = create('div', {class: 'stage'}, root);
    this.status = create('div', {class: 'status', 'aria-live': 'polite'}, root);
    this.bar = create('div', {class: 'bar'}, root);
    this.tray = create('div', {class: 'tray'}, root);
    this.canvas = create('canvas', {}, this.stage);
    this.overlay = create('svg', {tabindex: 0}, this.stage);
    this.context = this.canvas.getContext('2d');
    this.overlay.addEventListener('pointerdown', event => this.down(event));
    this.overlay.addEventListener('pointermove', event => this.move(event));
    this.overlay.addEventListener('pointerleave', () => this.tool && this.tool.leave());
    for (const kind of ['pointerup', 'pointercancel']) {
      this.overlay.addEventListener(kind, event => this.up(event));
    }
    document.addEventListener('keydown', event => this.key(event));
  }

  /** Show a value that comes from Python. */
  load(text) {
    const value = text ? JSON.parse(text) : null;
    this.stage.hidden = !value;
    if (!value) {
      for (const part of [this.bar, this.status, this.tray]) part.replaceChildren();
      this.tool = this.value = null;
      return;
    }
    const known = this.value && JSON.stringify(this.value.layout) === JSON.stringify(value.layout);
    this.value = value;
    this.undoable = [];
    this.redoable = [];
    this.canvas.width = value.width;
    this.canvas.height = value.height;
    this.stage.style.aspectRatio = `${value.width} / ${value.height}`;
    this.stage.style.width = `${Math.round(SHOWN_HEIGHT * value.width / value.height)}px`;
    this.overlay.setAttribute('viewBox', `0 0 ${value.width} ${value.height}`);
    if (!known) {
      for (const part of [this.bar, this.status, this.tray, this.overlay]) part.replaceChildren();
      this.tool = value.kind === 'labels' ? new Painting(this) : new Joints(this);
    }
    this.tool.read();
    this.tool.draw();
  }

  /** A button of the bar above the picture. */
  button(text, hint, action, parent) {
    const button = create('button', {type: 'button', title: hint}, parent || this.bar, text);
    button.addEventListener('click', action);
    return button;
  }

  /** A row of buttons, one of which is pressed; label is for those who hear the page, caption is shown. */
  choice(label, caption, options, chosen, action) {
    const group = create('span', {class: 'choice', role: 'group', 'aria-label': label}, this.bar);
    create('span', {class: 'caption', 'aria-hidden': true}, group, caption);
    const buttons = options.map(([value, text, hint]) => {
      const button = this.button(text, hint, () => press(value), group);
      button.dataset.value = value;
      return button;
    });
    const press = value => {
      for (const b of buttons) b.setAttribute('aria-pressed', b.dataset.value === String(value));
      action(value);
    };
    press(chosen);
    return press;
  }

  /** Where in the picture, in its pixels, an event is. */
  place(event) {
    const box = this.overlay.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * this.value.width,
      (event.clientY - box.top) / box.height * this.value.height];
  }

  down(event) {
    if (!this.tool || event.button !== 0) return;
    this.overlay.setPointerCapture(event.pointerId);
    this.overlay.focus({preventScroll: true});
    window.lastSurface = this;
    const redoable = this.redoable;
    this.remember();
    this.held = this.tool.down(...this.place(event));
    if (!this.held) {
      this.undoable.pop();
      this.redoable = redoable;
    }
  }

  move(event) {
    if (!this.tool) return;
    const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of events.length ? events : [event]) {
      const [x, y] = this.place(each);
      this.held ? this.tool.drag(x, y) : this.tool.hover(x, y);
    }
  }

  up() {
    if (!this.held) return;
    this.held = false;
    this.changed();
  }

  /** Keys are those of the canvas that was used last, unless something is being typed. */
  key(event) {
    if (window.lastSurface !== this || !this.tool || event.target.closest('input, textarea')) return;
    const key = event.key.toLowerCase(), command = event.ctrlKey || event.metaKey;
    if (command && (key === 'y' || (key === 'z' && event.shiftKey))) {
      event.preventDefault();
      this.redo();
    } else if (command && key === 'z') {
      event.preventDefault();
      this.undo();
    } else if (this.tool.key) {
      this.tool.key(event.key);
    }
  }

  /** Before a change. */
  remember() {
    this.undoable.push(this.tool.snapshot());
    this.redoable = [];
    if (this.undoable.length > UNDO_STEPS) this.undoable.shift();
  }

  undo() { this.step(this.undoable, this.redoable); }

  redo() { this.step(this.redoable, this.undoable); }

  /** Back to the last state of one list; the present one goes to the other. */
  step(from, to) {
    if (!from.length) return;
    to.push(this.tool.snapshot());
    this.tool.restore(from.pop());
    this.tool.draw();
    this.changed();
  }

  /** After one: tell Python. */
  changed() {
    this.tool.write();
    this.announce(JSON.stringify(this.value));
  }
}

function save(name, base64) {
  const link = create('a', {download: name, href: `data:image/png;base64,${base64}`}, document.body);
  link.click();
  link.remove();
}
