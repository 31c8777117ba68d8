// One dataset: what a long tail would leave of it, its deletion, and how to send a new version.
import {send, refusalText} from './service.js';
import {showCounts, count} from './counts.js';
import {bindScales} from './scale.js';
import {showCommand} from './curl.js';

const tail = document.getElementById('tail');
const table = document.getElementById('counts-table');
const command = document.getElementById('curl');

showCommand(command, [`curl ${location.origin}/api/v1/datasets`, `-F name=${document.querySelector('h1').textContent}`, '-F file=@data.zip']);

if (tail) {
  const said = document.getElementById('tail-said');
  const train = document.getElementById('tail-train');
  let next = null;
  let asking = false;
  bindScales(tail);
  tail.addEventListener('submit', event => event.preventDefault());
  tail.addEventListener('input', moved);
  if (tail.ratio.value !== tail.ratio.defaultValue) {
    moved(); // before this was loaded
  }

  function moved() {
    const ratio = Number(tail.ratio.value.replace(',', '.'));
    next = {dataset: tail.dataset.dataset, validationFraction: 0, imbalance: {profile: tail.profile.value, ratio: Number.isFinite(ratio) ? ratio : tail.ratio.value}};
    ask();
  }

  async function ask() {
    if (asking) {
      return;
    }
    asking = true;
    while (next) {
      const asked = next;
      next = null;
      const answer = await send('POST', '/api/v1/jobs/check', asked);
      const wrong = answer.body?.errors?.find(error => error.pointer.startsWith('/imbalance') || error.pointer === '/dataset');
      if (!answer.ok || !answer.body.keptCounts) {
        said.textContent = answer.ok && wrong ? `${wrong.pointer.slice(1).replaceAll('/', ' ')} ${wrong.detail}` : refusalText(answer.body);
        continue;
      }
      const kept = answer.body.keptCounts;
      showCounts(table, answer.body);
      said.textContent = `${count(kept.reduce((all, each) => all + each, 0))} training samples would be left: `
        + `${count(kept.reduce((a, b) => Math.max(a, b)))} of the most frequent class, ${count(kept.reduce((a, b) => Math.min(a, b)))} of the rarest.`;
      train.href = `/jobs/new?${new URLSearchParams({dataset: asked.dataset, profile: asked.imbalance.profile, ratio: asked.imbalance.ratio})}`;
    }
    asking = false;
  }
}

for (const button of document.querySelectorAll('button[data-delete]')) {
  button.addEventListener('click', async () => {
    if (!confirm(button.dataset.confirm)) {
      return;
    }
    button.disabled = true;
    const answer = await send('DELETE', button.dataset.address);
    if (answer.ok) {
      location.assign('/datasets');
      return;
    }
    button.disabled = false;
    const refusal = document.getElementById('delete-refusal');
    refusal.textContent = refusalText(answer.body);
    refusal.hidden = false;
    refusal.focus();
  });
}
