/** Connects the page's controls with the engine. */
import { badFile, toFailure } from '../core/base/errors';
import { formatBytes, formatDuration, formatShare } from '../core/base/units';
import { card } from './card';
import { connect } from './connect';
import { elementById } from './elementById';
import { embeddedModel, handOver } from './embedded';
import { firstKind, showKind } from './kind';
import { showLearned } from './learned';
import { PromptForm } from './promptForm';
import { showFailure, showStatus } from './status';

/** Shows the model and loads it. `script` is the source of this document's script. Shows failures. */
export async function open(script: string): Promise<void> {
  closeWaysOut();
  try {
    const model = embeddedModel();
    elementById('name', HTMLElement).textContent = model.title;
    elementById('summary', HTMLElement).textContent = model.summary;
    elementById('card', HTMLElement).append(...card(model.card));
    showLearned(model);
    showKind(firstKind(model), model);
    const engine = await connect(script);
    const begun = performance.now();
    let size = 0;
    await handOver(engine, (bytes, of) => {
      size = of;
      showStatus(`Loading the model, ${formatShare(bytes / of)} of ${formatBytes(of)}`);
    });
    showStatus(`Ready: ${formatBytes(size)} loaded in ${formatDuration(performance.now() - begun)}`);
    new PromptForm(model, engine).connect();
  } catch (error) {
    showStatus('');
    const failure = toFailure(error);
    showFailure(failure.code === 'bug' ? toFailure(UNKNOWN) : failure);
  }
}

/** Removes what a policy in a file can't block. `document.open` with three parameters is `window.open`. */
function closeWaysOut(): void {
  for (const name of ['open', 'RTCPeerConnection', 'webkitRTCPeerConnection'])
    for (const holder of [globalThis, Window.prototype, Document.prototype]) Reflect.deleteProperty(holder, name);
}

/** Browsers only run an unchanged script, so an unknown error comes from the data or the browser. */
const UNKNOWN = badFile(
  'Couldn’t load the model: the file is damaged, or this browser is too old.',
  'Copy or download the file again, or open it in a current browser.',
);
