// Learning curves of combinations: a mean with a band around it.
import {element} from './elements.js';

const METRICS = [['balancedAccuracy', 'balanced accuracy'], ['loss', 'loss: comparable only within one loss']];
const MOST = 7;

export class Bands {

  constructor(place) {
    this.place = place;
    this.charts = [];
    this.settings = [];
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    new ResizeObserver(() => {
      for (const chart of this.charts) {
        const width = chart.root.parentElement.clientWidth;
        if (Math.abs(chart.width - width) > 1) {
          chart.setSize({width, height: 260});
        }
      }
    }).observe(place);
  }

  /** Whether there was anything to show. */
  show(settings) {
    this.settings = settings;
    this.draw();
    return this.charts.length > 0;
  }

  draw() {
    this.charts.forEach(chart => chart.destroy());
    this.charts = [];
    this.place.replaceChildren();
    for (const setting of this.settings) {
      const cells = [...setting.cells.filter(cell => cell.isBaseline), ...setting.cells.filter(cell => !cell.isBaseline)]
        .filter(cell => (cell.curves.balancedAccuracy ?? []).length > 0);
      if (cells.length === 0) {
        continue;
      }
      if (setting.label) {
        this.place.append(element('h3', {text: setting.label}));
      }
      const plots = element('div', {class: 'plots'});
      this.place.append(plots);
      for (const [metric, title] of METRICS) {
        const figure = element('figure', {class: 'plot'}, element('figcaption', {text: title}));
        plots.append(figure);
        this.charts.push(this.chart(figure, metric, cells.slice(0, MOST)));
      }
      if (cells.length > MOST) {
        this.place.append(element('p', {class: 'quiet', text: `The baseline and the first of the others are drawn, ${MOST} of ${cells.length}; the JSON report has all.`}));
      }
    }
  }

  chart(figure, metric, cells) {
    const style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();
    const isRate = metric !== 'loss';
    const text = value => value === null || value === undefined ? '–' : isRate ? `${(100 * value).toFixed(1)} %` : Number(value.toPrecision(3)).toString();
    const tables = [];
    const series = [{label: 'epoch', value: (u, epoch) => epoch ?? '–'}];
    const bands = [];
    cells.forEach((cell, at) => {
      const curve = cell.curves[metric] ?? [];
      const epochs = curve.map(point => point.epoch);
      const stroke = colour(`--curve-${at + 1}`);
      const edge = sign => curve.map(point => point.mean + sign * (point.sd ?? 0));
      tables.push([epochs, curve.map(point => point.mean), edge(1), edge(-1)]);
      series.push({label: cell.label, stroke, width: 2, points: {show: curve.length < 30}, value: (u, value) => text(value)},
        {label: '', stroke: 'transparent', width: 0, points: {show: false}, class: 'edge'},
        {label: '', stroke: 'transparent', width: 0, points: {show: false}, class: 'edge'});
      bands.push({series: [3 * at + 2, 3 * at + 3], fill: `${stroke}2b`});
    });
    const axis = {stroke: colour('--pico-muted-color'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line'), width: 1}};
    return new uPlot({
      width: figure.clientWidth,
      height: 260,
      series,
      bands,
      scales: {x: {time: false}},
      axes: [{...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]}, {...axis, size: 62, values: (u, ticks) => ticks.map(text)}],
      cursor: {drag: {x: true, y: false}},
    }, uPlot.join(tables), figure);
  }
}
