/** One script for both sides: in the document it is the page; in the worker that is made of it, the engine. */
import './page.css';
import { connect } from './connect';
import { embeddedModel } from './embedded';
import { serve } from './engine';
import { open } from './page';

if ('document' in globalThis) void open(embeddedModel(), connect(document.currentScript!.textContent));
else serve(self);
