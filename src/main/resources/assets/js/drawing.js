// A drawing that is made to look as the pictures of a dataset do: as light or dark, as large, as thick, in the same place.

const UNKNOWN = {isLight: true, extent: 0.8, stroke: 0.09, x: 0.5, y: 0.5};

/**
 * How pictures with something on a plain ground look; all lengths are parts of the side.
 *
 * @param pictures each [height][width] of 0–255
 */
export function looks(pictures) {
  const all = pictures.map(look).filter(each => each !== null);
  if (all.length === 0) {
    return UNKNOWN;
  }
  const mean = key => all.reduce((sum, each) => sum + each[key], 0) / all.length;
  return {isLight: mean('light') > 0.5, extent: mean('extent'), stroke: mean('stroke'), x: mean('x'), y: mean('y')};
}

function look(picture) {
  const [height, width] = [picture.length, picture[0].length];
  const corners = [picture[0][0], picture[0][width - 1], picture[height - 1][0], picture[height - 1][width - 1]].sort((a, b) => a - b);
  const ground = (corners[1] + corners[2]) / 2;
  const ink = (y, x) => y < 0 || x < 0 || y >= height || x >= width ? 0 : Math.abs(picture[y][x] - ground) / 255;
  let most = 0;
  let area = 0;
  let outline = 0;
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      most = Math.max(most, ink(y, x));
      area += ink(y, x);
      outline += Math.abs(ink(y, x) - ink(y, x + 1)) + Math.abs(ink(y, x) - ink(y + 1, x));
    }
  }
  if (most < 0.2) {
    return null;
  }
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink(y, x) > most / 4) {
        [top, bottom, left, right] = [Math.min(top, y), Math.max(bottom, y), Math.min(left, x), Math.max(right, x)];
      }
    }
  }
  return {
    light: ground < 128 ? 1 : 0,
    extent: Math.max((bottom - top + 1) / height, (right - left + 1) / width),
    // a line's width is twice its area by its outline; steps along the axes overstate an outline by 4/π
    stroke: 2 * area / (outline * Math.PI / 4) / height,
    x: (left + right + 1) / 2 / width,
    y: (top + bottom + 1) / 2 / height,
  };
}

export class Drawing {

  /** @param stroked is called after each stroke, and when all is cleared */
  constructor(canvas, stroked) {
    this.canvas = canvas;
    this.look = UNKNOWN;
    this.fits = true;
    this.strokes = [];
    canvas.addEventListener('pointerdown', event => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      this.strokes.push([this.at(event)]);
      this.paint();
    });
    canvas.addEventListener('pointermove', event => {
      if (canvas.hasPointerCapture(event.pointerId)) {
        this.strokes.at(-1).push(...(event.getCoalescedEvents?.() ?? []).map(each => this.at(each)), this.at(event));
        this.paint();
      }
    });
    const end = event => {
      if (canvas.hasPointerCapture(event.pointerId)) {
        canvas.releasePointerCapture(event.pointerId);
        stroked();
      }
    };
    canvas.addEventListener('pointerup', end);
    canvas.addEventListener('pointercancel', end);
    this.paint();
  }

  get isEmpty() {
    return this.strokes.length === 0;
  }

  clear() {
    this.strokes = [];
    this.paint();
  }

  at(event) {
    const place = this.canvas.getBoundingClientRect();
    return [(event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height];
  }

  paint() {
    this.trace(this.canvas, point => point, Math.max(0.05, Math.min(0.12, this.look.stroke)));
  }

  /** The picture to send: moved, scaled and drawn as thick as the data's, where it is to fit. */
  picture(side = 256) {
    const made = document.createElement('canvas');
    made.width = side;
    made.height = side;
    if (!this.fits || this.isEmpty) {
      this.trace(made, point => point, this.look.stroke);
      return made;
    }
    const xs = this.strokes.flat().map(point => point[0]);
    const ys = this.strokes.flat().map(point => point[1]);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const size = Math.max(right - left, bottom - top, 0.1);
    const scale = Math.max(0.1, this.look.extent - this.look.stroke) / size;
    this.trace(made, ([x, y]) => [this.look.x + scale * (x - (left + right) / 2), this.look.y + scale * (y - (top + bottom) / 2)], this.look.stroke);
    return made;
  }

  trace(canvas, moved, stroke) {
    const [ground, ink] = this.look.isLight ? ['#000', '#fff'] : ['#fff', '#000'];
    const context = canvas.getContext('2d');
    context.fillStyle = ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = ink;
    context.lineWidth = stroke * canvas.width;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    for (const line of this.strokes) {
      context.beginPath();
      for (const point of line.length === 1 ? [line[0], line[0]] : line) {
        const [x, y] = moved(point);
        context.lineTo(x * canvas.width, y * canvas.height);
      }
      context.stroke();
    }
  }
}
