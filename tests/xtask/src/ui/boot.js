// The content security policy allows no inline script, and the generated ui.js does not know where its wasm lies: this small module says it.
import init from './ui.js';

init({ module_or_path: new URL('ui_bg.wasm', import.meta.url) });
