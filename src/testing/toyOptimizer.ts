/** An optimizer and a schedule for tests. Adding one takes the code here, and a line in its list. */
import { real } from '../core/base/field';
import { defineOptimizer } from '../core/optim/optimizer';
import { fallen, type Schedule } from '../core/optim/schedule';

/** Updates by the sign: of the momentum for a matrix, of the gradient for others, so a bias has no state. */
export const signum = defineOptimizer({
  label: 'Signum',
  hint: 'the sign of each step alone',
  source: 'Bernstein et al. 2018, arXiv:1802.04434',
  fields: {
    inertia: real({ label: 'Inertia', hint: 'memory of the sign', row: 'seldom', min: 0, max: 0.999, initial: 0.75 }),
  },
  state: ({ shape }) => (shape.length === 2 ? [{ name: 'signum.m', shape }] : []),
  rates: (learningRate) => [learningRate],
  usualRate: () => 0.0002,
  async load() {
    const tf = await import('@tensorflow/tfjs');
    return {
      update(slots, rates, _, { inertia, weightDecay }) {
        for (const { parameter, gradient, moments, decay } of slots) {
          const [m] = moments;
          m?.assign(tf.add(tf.mul(m, inertia), tf.mul(gradient, 1 - inertia)));
          const direction = tf.add(tf.sign(m ?? gradient), tf.mul(parameter, decay ? weightDecay : 0));
          parameter.assign(tf.sub(parameter, tf.mul(direction, rates)));
        }
      },
    };
  },
});

/** Falls at once, and then ever more slowly. */
export const root: Schedule = {
  label: 'Root',
  share: (at) => fallen(at, 1 - Math.sqrt(at.progress)),
  python: 'fallen(recipe, 1 - math.sqrt(progress))',
};
