/** One script for both sides: in the document it is the page; in the worker that is made of it, the engine. */
import './page.css';
import './chat.css';
import './learned.css';
import { serve } from './engine';
import { open } from './page';

if ('document' in globalThis) void open(document.currentScript!.textContent);
else serve(self);
