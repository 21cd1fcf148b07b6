import { checkAgainstPyTorch } from '../testing/checkAgainstPyTorch';
import { useWasm } from '../testing/wasm';

checkAgainstPyTorch(useWasm);
