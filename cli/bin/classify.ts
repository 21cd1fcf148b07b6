/** Entry point of `npm run classify`. */
import { classifyCommand } from '../classify';
import { main } from '../terminal';

void main(classifyCommand);
