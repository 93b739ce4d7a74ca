#include <tuple>

#include "protocol/domain/fold.h"

namespace opora::protocol {

namespace {

RecordingState& state_of(Entity& entity) {
  if (!std::holds_alternative<RecordingState>(entity.state)) entity.state.emplace<RecordingState>();
  return std::get<RecordingState>(entity.state);
}

// What was said first stands: a restored site may say it twice.
bool begins(RecordingState& state, const Envelope& env) {
  if (state.site.v != 0 && std::tie(state.heard, state.site) <= std::tie(env.hlt, env.origin))
    return false;
  state.site = env.origin;
  state.heard = env.hlt;
  return true;
}

}  // namespace

void fold_recording(Entity& entity, const Envelope& env, const RecordingKept& e) {
  RecordingState& state = state_of(entity);
  if (!begins(state, env)) return;
  state.of = e.of;
  state.missed = false;
  state.duration_ms = e.duration_ms;
  state.format = e.format;
  state.copies = e.copies;
  state.keep_until = e.keep_until;
  state.hash = e.hash;
  state.bytes = e.bytes;
  state.chunks = e.chunks;
}

void fold_recording(Entity& entity, const Envelope& env, const RecordingMissed& e) {
  RecordingState& state = state_of(entity);
  if (!begins(state, env)) return;
  state.of = e.of;
  state.missed = true;
  state.fault = e.fault;
}

// The region ends its own copies by its own clock, and its word goes to no site: the time is the
// site's, or the two would never have the same row.
void fold_recording(Entity& entity, const Envelope& env, const RecordingErased& e) {
  RecordingState& state = state_of(entity);
  if (env.origin == kHubSite) return;
  if (state.erased_at.v == 0 || e.at < state.erased_at) state.erased_at = e.at;
}

}  // namespace opora::protocol
