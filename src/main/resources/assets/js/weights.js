// What other class weights would do: asked while a slider moves, one question at a time.
import {send, refusalText} from './service.js';
import {number, percent, table} from './elements.js';

const part = document.getElementById('preview');
if (part) {
  const form = part.querySelector('form');
  const sliders = [...form.querySelectorAll('input[type=range]')];
  const said = document.getElementById('preview-answer');
  const place = document.getElementById('preview-table');
  let asking = false;
  let next = null;

  form.addEventListener('input', moved);
  form.addEventListener('click', event => {
    const scheme = event.target.dataset.scheme;
    if (scheme) {
      ask({scheme});
    }
  });
  if (sliders.some(slider => slider.value !== slider.defaultValue)) {
    moved(); // before this was loaded
  }

  function moved() {
    for (const slider of sliders) {
      slider.nextElementSibling.value = `× ${factor(slider).toPrecision(3)}`;
    }
    ask({scheme: 'explicit', values: sliders.map(slider => Number(slider.dataset.weight) * factor(slider))});
  }

  function factor(slider) {
    return 2 ** Number(slider.value);
  }

  async function ask(classWeights) {
    next = classWeights;
    if (asking) {
      return;
    }
    asking = true;
    while (next) {
      const wanted = next;
      next = null;
      const answer = await send('POST', `/api/v1/jobs/${part.dataset.job}/analysis/preview`, {classWeights: wanted});
      if (answer.ok) {
        show(answer.body);
      } else {
        said.textContent = refusalText(answer.body);
      }
    }
    asking = false;
  }

  function show(preview) {
    const split = preview.splits.find(each => each.split === 'test') ?? preview.splits.find(each => each.split === 'validation') ?? preview.splits[0];
    said.textContent = `On the ${split.split} split balanced accuracy would go from ${percent(split.before.balancedAccuracy)} to ${percent(split.after.balancedAccuracy)}, `
      + `accuracy from ${percent(split.before.accuracy)} to ${percent(split.after.accuracy)}; solved in ${preview.milliseconds.toFixed(0)} ms.`;
    place.replaceChildren(table('Recalls', ['class', 'weight', 'new weight', 'recall', 'would be'], preview.classes.map((each, k) =>
      [each.class, number(each.weight), number(each.newWeight), percent(split.before.recall[k]), percent(split.after.recall[k])])));
  }
}
