// Dragging the joints of a person or hand, or the landmarks of a face.

const REACHES = [[0, 'One', 'Move one point'], [3, 'Near', 'Points nearby move along'],
  [8, 'Wide', 'Points further off move along, too']];
const GRAB = 6; // how many of the picture's pixels from a point it can still be taken

class Joints {
  constructor(surface) {
    this.surface = surface;
    const {names, bones, reach, complete} = surface.value.layout;
    this.lines = bones.map(() => create('line', {class: 'bone'}, surface.overlay));
    this.dots = names.map(name => {
      const dot = create('circle', {class: 'joint', r: names.length > 30 ? 0.7 : 1.1}, surface.overlay);
      create('title', {}, dot, name);
      return dot;
    });
    if (!names.length) return;
    surface.choice('What moves', 'Move', REACHES, reach, value => { this.reach = value; });
    surface.button('Undo', 'Take the last move back (Ctrl+Z)', () => surface.undo());
    surface.button('Redo', 'Do it again (Ctrl+Shift+Z or Ctrl+Y)', () => surface.redo());
    if (!complete) surface.button('Hide', 'Hide the point that was moved last', () => this.hide());
  }

  read() { this.points = this.surface.value.points.map(point => [...point]); }

  write() { this.surface.value.points = this.points; }

  snapshot() { return this.points.map(point => [...point]); }

  restore(points) { this.points = points; }

  draw() {
    const {context, canvas, value, tray} = this.surface, {names, bones} = value.layout;
    context.fillStyle = '#1d2128';
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (value.backdrop) {
      const picture = new Image();
      picture.onload = () => context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.src = value.backdrop;
    }
    this.dots.forEach((dot, i) => {
      const [x, y, seen] = this.points[i];
      dot.setAttribute('cx', x + 0.5);
      dot.setAttribute('cy', y + 0.5);
      dot.style.display = seen ? '' : 'none';
      dot.style.fill = `hsl(${Math.round(330 * i / names.length)} 90% 60%)`;
      dot.classList.toggle('held', i === this.taken);
    });
    this.lines.forEach((line, i) => {
      const [start, end] = bones[i].map(joint => this.points[joint]);
      line.style.display = start[2] && end[2] ? '' : 'none';
      ['x1', 'y1', 'x2', 'y2'].forEach((name, j) =>
        line.setAttribute(name, [start[0], start[1], end[0], end[1]][j] + 0.5));
    });
    tray.replaceChildren();
    names.forEach((name, i) => {
      if (!this.points[i][2]) {
        this.surface.button(`+ ${name}`, `Show ${name}, which is hidden`, () => this.show(i), tray);
      }
    });
  }

  nearest(x, y) {
    let best = null, least = GRAB;
    this.points.forEach(([px, py, seen], i) => {
      const distance = Math.hypot(px + 0.5 - x, py + 0.5 - y);
      if (seen && distance < least) [best, least] = [i, distance];
    });
    return best;
  }

  down(x, y) {
    this.taken = this.nearest(x, y);
    this.start = [x, y];
    this.before = this.snapshot();
    this.draw();
    return this.taken !== null;
  }

  drag(x, y) {
    const {width, height} = this.surface.canvas, [atX, atY] = this.before[this.taken];
    const inside = (value, most) => Math.min(Math.max(value, 0), most - 1);
    const shiftX = inside(atX + x - this.start[0], width) - atX;
    const shiftY = inside(atY + y - this.start[1], height) - atY;
    this.points = this.before.map(([px, py, seen], i) => {
      const distance = Math.hypot(px - atX, py - atY);
      const share = i === this.taken ? 1 : this.reach && seen
        ? Math.exp(-0.5 * (distance / this.reach) ** 2) : 0;
      return [inside(px + share * shiftX, width), inside(py + share * shiftY, height), seen];
    });
    this.draw();
  }

  hover(x, y) {
    const near = this.nearest(x, y);
    this.surface.status.textContent = near === null ? '' : this.surface.value.layout.names[near];
    this.surface.overlay.style.cursor = near === null ? 'default' : 'grab';
  }

  leave() { this.surface.status.textContent = ''; }

  hide() {
    if (this.taken === null || this.taken === undefined) return;
    this.surface.remember();
    this.points[this.taken][2] = 0;
    this.taken = null;
    this.draw();
    this.surface.changed();
  }

  /** A hidden point comes back in the middle of the seen ones. */
  show(index) {
    this.surface.remember();
    const seen = this.points.filter(point => point[2]);
    const {width, height} = this.surface.canvas;
    const middle = axis => seen.reduce((sum, point) => sum + point[axis], 0) / seen.length;
    this.points[index] = seen.length ? [middle(0), middle(1), 1] : [width / 2, height / 2, 1];
    this.taken = index;
    this.draw();
    this.surface.changed();
  }
}
