// The content security policy allows no script inside the page, and the generated ui.js does not know where its wasm lies.
import init from './ui.js';

init({ module_or_path: new URL('ui_bg.wasm', import.meta.url) }).catch((error) => {
  const starting = document.getElementById('starting');
  if (starting) starting.textContent = `Kỳ Họp không mở được. · Kỳ Họp could not start. (${error})`;
});
