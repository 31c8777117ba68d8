// The document that a form says: only what differs from what is usual.

/** Written although usual, since without them a part of a job says little. */
const TELLING = ['/imbalance/profile', '/imbalance/ratio', '/earlyStopping/metric', '/earlyStopping/patience', '/weightAveraging/decay', '/logitAdjustment/tau'];

export function documentOf(form) {
  const document = {dataset: null};
  for (const part of form.querySelectorAll('input[data-part]')) {
    if (part.checked) {
      document[part.dataset.part] = {};
    }
  }
  for (const field of form.querySelectorAll('[data-pointer]')) {
    if (field.closest('fieldset:disabled')) {
      continue;
    }
    const {pointer, usual} = field.dataset;
    const value = valueOf(field);
    if (pointer === '/dataset' || TELLING.includes(pointer) || !same(value, usual)) {
      put(document, pointer.slice(1).split('/'), value);
    }
  }
  for (const choice of form.querySelectorAll('[data-choice]')) {
    const name = choice.dataset.choice;
    const parameters = document[name]?.parameters;
    delete document[name];
    const asModel = name === 'architecture' && form.querySelector('[data-pointer="/initialModel"]').value.trim() !== '';
    if (choice.value !== '' && (parameters || choice.value !== choice.dataset.usual || asModel)) {
      document[name] = parameters ? {name: choice.value, parameters} : {name: choice.value};
    }
  }
  const augmentations = [...form.querySelectorAll('#augmentation-list > [data-augmentation]')];
  delete document.augmentations;
  if (augmentations.length > 0) {
    document.augmentations = augmentations.map(each => {
      const entry = {name: each.dataset.augmentation};
      for (const field of each.querySelectorAll('[data-pointer]')) {
        const value = valueOf(field);
        if (!same(value, field.dataset.usual)) {
          (entry.parameters ??= {})[field.dataset.pointer.split('/').pop()] = value;
        }
      }
      return entry;
    });
  }
  return document;
}

/** What a field holds; text that is no number stays text, and the service says so. */
function valueOf(field) {
  const type = field.dataset.type;
  if (type === 'boolean') {
    return field.checked;
  }
  const text = field.value.trim();
  if (type.startsWith('array of ')) {
    const items = text === '' ? [] : text.split(/[\s,;]+/).filter(item => item !== '');
    return type === 'array of string' ? items : items.map(number);
  }
  if (text === '') {
    return null;
  }
  return type === 'string' ? text : number(text);
}

function number(text) {
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) ? value : text;
}

function same(value, usual) {
  return usual !== undefined && JSON.stringify(value) === JSON.stringify(JSON.parse(usual));
}

function put(document, path, value) {
  let at = document;
  for (const name of path.slice(0, -1)) {
    at = at[name] ??= {};
  }
  at[path.at(-1)] = value;
}
