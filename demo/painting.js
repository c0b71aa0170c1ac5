// Painting a label map: each pixel of the canvas is the number of a class.

const BRUSHES = [1, 2, 4, 8, 16];

class Painting {
  constructor(surface) {
    this.surface = surface;
    this.classes = surface.value.layout.classes;
    this.cursor = create('circle', {class: 'cursor', r: 0}, surface.overlay);
    surface.choice('Tool', '', [['brush', 'Brush', 'Draw with the chosen class'],
      ['fill', 'Fill', 'Fill a connected region ']], 'brush', value => { this.tool = value; });
    this.pressBrush = surface.choice('Width of the brush', 'Size', BRUSHES.map(size => [size, String(size),
      `A brush ${size} pixels wide; [ and ] change it`]), 4, value => { this.size = value; });
    surface.button('Undo', 'Take the last stroke back (Ctrl+Z)', () => surface.undo());
    surface.button('Redo', 'Do it again (Ctrl+Shift+Z or Ctrl+Y)', () => surface.redo());
    surface.button('Clear', 'Make the whole map the chosen class', () => this.clear());
    surface.button('Save', 'Download the label map: a PNG whose pixels are class numbers',
      async () => save('label.png', await surface.download(JSON.stringify(surface.value))));
    this.swatches = this.classes.map(({name, colour}, index) => {
      const swatch = surface.button('', `Paint ${name}`, () => this.choose(index), surface.tray);
      create('span', {class: 'chip', style: `background: rgb(${colour})`}, swatch);
      create('span', {}, swatch, name);
      return swatch;
    });
    this.choose(0);
  }

  choose(index) {
    this.chosen = index;
    this.swatches.forEach((swatch, i) => swatch.setAttribute('aria-pressed', i === index));
  }

  read() {
    this.labels = Uint8Array.from(atob(this.surface.value.labels), byte => byte.charCodeAt(0));
  }

  write() {
    this.surface.value.labels = btoa(String.fromCharCode(...this.labels));
  }

  snapshot() { return this.labels.slice(); }

  restore(labels) { this.labels = labels; }

  draw() {
    const {canvas, context} = this.surface;
    const picture = context.createImageData(canvas.width, canvas.height);
    this.labels.forEach((label, i) => {
      const colour = label < this.classes.length ? this.classes[label].colour : [0, 0, 0];
      picture.data.set([...colour, 255], 4 * i);
    });
    context.putImageData(picture, 0, 0);
  }

  down(x, y) {
    this.last = [x, y];
    this.tool === 'fill' ? this.fill(Math.floor(x), Math.floor(y)) : this.drag(x, y);
    return true;
  }

  /** A stroke from where the brush was to where it is. */
  drag(x, y) {
    if (this.tool === 'fill') return;
    const [fromX, fromY] = this.last;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(x - fromX, y - fromY)));
    for (let step = 0; step <= steps; step++) {
      this.stamp(fromX + (x - fromX) * step / steps, fromY + (y - fromY) * step / steps);
    }
    this.last = [x, y];
    this.draw();
    this.hover(x, y);
  }

  stamp(x, y) {
    const {width, height} = this.surface.canvas, radius = Math.max(this.size / 2, 0.71);
    for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(height, y + radius); row++) {
      for (let column = Math.max(0, Math.floor(x - radius)); column < Math.min(width, x + radius); column++) {
        const inside = this.size === 1 ? row === Math.floor(y) && column === Math.floor(x)
          : Math.hypot(column + 0.5 - x, row + 0.5 - y) <= radius;
        if (inside) this.labels[row * width + column] = this.chosen;
      }
    }
  }

  fill(x, y) {
    const {width, height} = this.surface.canvas;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const old = this.labels[y * width + x], open = [[x, y]];
    if (old === this.chosen) return;
    while (open.length) {
      const [column, row] = open.pop(), i = row * width + column;
      if (column < 0 || row < 0 || column >= width || row >= height || this.labels[i] !== old) continue;
      this.labels[i] = this.chosen;
      open.push([column + 1, row], [column - 1, row], [column, row + 1], [column, row - 1]);
    }
    this.draw();
  }

  clear() {
    this.surface.remember();
    this.labels.fill(this.chosen);
    this.draw();
    this.surface.changed();
  }

  hover(x, y) {
    const {width, height} = this.surface.canvas;
    this.cursor.setAttribute('cx', x);
    this.cursor.setAttribute('cy', y);
    this.cursor.setAttribute('r', this.tool === 'fill' ? 0.5 : Math.max(this.size / 2, 0.5));
    const label = this.labels[Math.floor(y) * width + Math.floor(x)];
    if (x >= 0 && y >= 0 && x < width && y < height && label < this.classes.length) {
      this.surface.status.textContent = this.classes[label].name;
    }
  }

  leave() {
    this.cursor.setAttribute('r', 0);
    this.surface.status.textContent = '';
  }

  key(key) {
    const at = BRUSHES.indexOf(this.size);
    if (key === '[') this.pressBrush(BRUSHES[Math.max(0, at - 1)]);
    if (key === ']') this.pressBrush(BRUSHES[Math.min(BRUSHES.length - 1, at + 1)]);
  }
}
