// Curves of a job: one plot for each metric, one line for each split.
const SPLITS = ['train', 'validation', 'test'];
const FIRST = ['loss', 'balancedAccuracy', 'accuracy', 'macroF1', 'learningRate', 'imagesPerSecond'];
const MOST_POINTS = 6000;
const RATES = /accuracy|recall|f1|auroc|auprc/i;

export class Curves {

  constructor(place) {
    this.place = place;
    this.plots = new Map();
    this.data = new Map(); // metric → split → [steps, values]
    const options = place.querySelector('form');
    options.addEventListener('input', () => this.draw());
    options.addEventListener('submit', event => event.preventDefault());
    this.options = options;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.anew());
    new ResizeObserver(() => this.resize()).observe(place);
  }

  add(points) {
    for (const point of points) {
      const splits = this.data.get(point.name) ?? this.data.set(point.name, new Map()).get(point.name);
      const curve = splits.get(point.split) ?? splits.set(point.split, [[], []]).get(point.split);
      const last = curve[0].length - 1;
      if (last >= 0 && point.step <= curve[0][last]) {
        this.goBack(curve, point.step); // an attempt goes on from a checkpoint: what it repeats replaces what was there
      }
      curve[0].push(point.step);
      curve[1].push(point.value);
      if (curve[0].length > MOST_POINTS) {
        thin(curve);
      }
    }
    if (points.length > 0) {
      document.getElementById('no-points').hidden = true;
      this.draw();
    }
  }

  goBack(curve, step) {
    let length = curve[0].length;
    while (length > 0 && curve[0][length - 1] >= step) {
      length--;
    }
    curve[0].length = length;
    curve[1].length = length;
  }

  draw() {
    const names = [...this.data.keys()].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    for (const name of names) {
      const splits = SPLITS.filter(split => this.data.get(name).has(split));
      const key = splits.join() + this.options.log.checked + (this.options.smoothing.value > 0);
      let plot = this.plots.get(name);
      if (!plot || plot.key !== key) {
        plot = this.make(name, splits, key, plot);
      }
      plot.frame.dataset.points = splits.reduce((sum, split) => sum + this.data.get(name).get(split)[0].length, 0);
      plot.chart.setData(this.aligned(name, splits), plot.zoomed !== true);
    }
  }

  /** All curves of a plot over one axis of steps; smoothed ones follow the others. */
  aligned(name, splits) {
    const curves = splits.map(split => this.data.get(name).get(split));
    const tables = curves.map(curve => [curve[0], curve[1]]);
    const smoothing = Number(this.options.smoothing.value);
    if (smoothing > 0) {
      tables.push(...curves.map(curve => [curve[0], smooth(curve[1], smoothing)]));
    }
    return uPlot.join(tables);
  }

  make(name, splits, key, former) {
    const style = getComputedStyle(document.documentElement);
    const colour = variable => style.getPropertyValue(variable).trim();
    const frame = former?.frame ?? this.frame(name);
    former?.chart.destroy();
    const smoothed = this.options.smoothing.value > 0;
    const line = (split, index, faint) => ({
      label: faint ? `${split}, as it is` : split,
      stroke: colour(`--curve-${index + 1}`) + (faint ? '55' : ''),
      width: faint ? 1 : 2,
      spanGaps: true,
      points: {show: (u, series) => u.data[series].length < 40},
      value: (u, value) => value == null ? '–' : format(name, value),
    });
    const series = [{label: 'step', value: (u, step) => step == null ? '–' : step.toLocaleString('en')}];
    splits.forEach((split, index) => series.push(line(split, index, smoothed)));
    if (smoothed) {
      splits.forEach((split, index) => series.push(line(split, index, false)));
    }
    const axis = {stroke: colour('--pico-muted-color'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line'), width: 1}};
    const plot = {frame, key};
    plot.chart = new uPlot({
      width: frame.clientWidth,
      height: 240,
      series,
      scales: {x: {time: false}, y: {distr: name === 'loss' && this.options.log.checked ? 3 : 1}},
      axes: [axis, {...axis, size: 62, values: (u, ticks) => ticks.map(tick => tick == null ? '' : format(name, tick))}],
      cursor: {sync: {key: 'job', setSeries: false}, drag: {x: true, y: false}},
      hooks: {setSelect: [() => { plot.zoomed = true; }]},
    }, this.aligned(name, splits), frame);
    plot.chart.over.addEventListener('dblclick', () => { plot.zoomed = false; });
    this.plots.set(name, plot);
    return plot;
  }

  frame(name) {
    const figure = document.createElement('figure');
    figure.className = 'plot';
    const heading = document.createElement('figcaption');
    heading.textContent = title(name);
    figure.append(heading);
    const after = [...this.plots.keys()].filter(other => rank(other) < rank(name)).length;
    const plots = document.getElementById('plots');
    plots.insertBefore(figure, plots.children[after] ?? null);
    return figure;
  }

  anew() {
    for (const plot of this.plots.values()) {
      plot.key = '';
    }
    this.draw();
  }

  resize() {
    for (const plot of this.plots.values()) {
      if (Math.abs(plot.chart.width - plot.frame.clientWidth) > 1) {
        plot.chart.setSize({width: plot.frame.clientWidth, height: 240});
      }
    }
  }
}

function rank(name) {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
}

function title(name) {
  const words = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return {imagesPerSecond: 'images per second', macroF1: 'macro F1', ece: 'ECE', nll: 'NLL'}[name] ?? words;
}

function format(name, value) {
  if (RATES.test(name)) {
    return `${(100 * value).toFixed(1)} %`;
  }
  const size = Math.abs(value);
  return size !== 0 && size < 0.001 ? value.toExponential(1) : size >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(4)).toString();
}

/** Every second point, but of each two pairs the least and the greatest, so that no spike is lost. */
function thin(curve) {
  const [steps, values] = curve;
  let kept = 0;
  for (let i = 0; i + 3 < steps.length; i += 4) {
    let least = i;
    let most = i;
    for (let j = i; j < i + 4; j++) {
      least = values[j] < values[least] ? j : least;
      most = values[j] > values[most] ? j : most;
    }
    for (const j of least === most ? [i, i + 3] : [Math.min(least, most), Math.max(least, most)]) {
      steps[kept] = steps[j];
      values[kept++] = values[j];
    }
  }
  const rest = steps.length % 4;
  for (let j = steps.length - rest; j < steps.length; j++) {
    steps[kept] = steps[j];
    values[kept++] = values[j];
  }
  steps.length = kept;
  values.length = kept;
}

/** Exponential moving average, corrected for its start. */
function smooth(values, weight) {
  let mean = 0;
  let sum = 0;
  return values.map(value => {
    mean = weight * mean + (1 - weight) * value;
    sum = weight * sum + (1 - weight);
    return mean / sum;
  });
}
