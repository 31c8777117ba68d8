// A slider beside a field of numbers, on a logarithmic scale: each follows the other.

export function bindScales(form) {
  for (const slider of form.querySelectorAll('[data-scale-of]')) {
    const field = form.querySelector(`[data-pointer="${slider.dataset.scaleOf}"]`);
    const follow = () => {
      slider.value = Math.log10(Math.max(1, Number(field.value) || 1));
      slider.setAttribute('aria-valuetext', field.value);
    };
    follow();
    field.addEventListener('input', follow);
    slider.addEventListener('input', () => {
      const value = 10 ** Number(slider.value);
      field.value = value < 10 ? Number(value.toFixed(1)) : Math.round(value);
      slider.setAttribute('aria-valuetext', field.value);
    });
  }
}
