import { openGpu } from '../gpu/backend';
import { checkAgainstPyTorch } from '../testing/checkAgainstPyTorch';

checkAgainstPyTorch(openGpu);
