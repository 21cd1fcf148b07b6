/** Entry point of `npm run prepare`. */
import { prepareCommand } from '../prepare';
import { main } from '../terminal';

void main(prepareCommand);
