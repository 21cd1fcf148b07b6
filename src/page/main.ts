/** One script for both sides: the page in the document, and the engine in the worker made from it. */
import './page.css';
import './chat.css';
import './learned.css';
import { serve } from './engine';
import { open } from './page';

if ('document' in globalThis) void open(document.currentScript!.textContent);
else serve(self);
