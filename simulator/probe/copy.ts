import { type GateState, restore, snapshot } from '../../edge/core/state.ts';

/** A copy of a gate's state that may be stepped. Only the configuration, which no step changes, is shared: it is nearly half of it. */
export const copyOf = (state: GateState): GateState => ({
  ...restore(snapshot({ ...state, config: null })),
  config: state.config,
});
