/** Entry point of `npm run score`. */
import { scoreCommand } from '../score';
import { main } from '../terminal';

void main(scoreCommand);
