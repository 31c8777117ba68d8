/** Whole numbers in a text of numbers and ranges, such as "1-6, 9". Throws what is wrong with it. */
export function seeds(text) {
  const found = new Set();
  for (const each of text.split(/[\s,;]+/).filter(each => each !== '')) {
    const range = each.match(/^(\d+)(?:[-–](\d+))?$/);
    if (!range) {
      throw new Error(`“${each}” is no whole number and no range such as 1-6.`);
    }
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    if (last < first || last - first >= 10_000) {
      throw new Error(`The range ${each} must go upwards, over 10,000 seeds at most.`);
    }
    for (let seed = first; seed <= last; seed++) {
      found.add(seed);
    }
  }
  if (found.size === 0) {
    throw new Error('Name one seed at least.');
  }
  return [...found];
}
