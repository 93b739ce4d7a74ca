#include "protocol/domain/recording.h"

#include <algorithm>

#include "protocol/base/archive.h"
#include "protocol/base/hash.h"
#include "protocol/domain/texts.h"

namespace opora::protocol {

namespace {

constexpr char kFamily = 'r';
constexpr char kList = 'l';
constexpr char kOfCall = 'c';
constexpr char kToGo = 'u';
// Of the big-endian time at the front of an id, what recordings of 2^24 ms share.
constexpr std::size_t kBucketBytes = 5;
constexpr std::size_t kTimeBytes = sizeof(std::uint64_t);

KeyWriter family(char which) {
  KeyWriter key;
  key.u8(static_cast<std::uint8_t>(kFamily)).u8(static_cast<std::uint8_t>(which));
  return key;
}

std::uint64_t unsigned_of(TimeMs at) { return static_cast<std::uint64_t>(at.v); }

Draft draft_of(const Entity& recording, Facts facts, OwnerSeq seq) {
  Draft draft;
  draft.aggregate = recording.id;
  draft.seq = seq;
  draft.facts = std::move(facts);
  return draft;
}

}  // namespace

AggregateId recording_id(const Recorded& of) {
  const AggregateId rest = id_from("recording", {of.call.view(), KeyWriter().u16(of.part).take()});
  Bytes id = KeyWriter().u64(unsigned_of(of.started_at)).take();
  id += rest.view().substr(0, sizeof(AggregateId) - kTimeBytes);
  return AggregateId::from(id).value_or(AggregateId{});
}

bool may_be_recording(const AggregateId& id) {
  const auto at = static_cast<std::int64_t>(KeyReader(id.view()).u64());
  return at >= kMinEventTime.v && at < kMaxEventTime.v;
}

std::string_view bucket_of(const AggregateId& recording) {
  return recording.view().substr(0, kBucketBytes);
}

Result<Drafts> decide(const KeepRecording& command, const Entity& recording) {
  if (recording.exists() || recording.erased) return Drafts{};
  OPORA_TRY(check_text("key", command.key_hex, kFileKeyLimit));
  OPORA_TRY(check_text("peaks", command.peaks, kPeaksLimit));
  Draft draft = draft_of(recording, command.facts, OwnerSeq(1));
  draft.personal[PersonalField::kFileKey] = command.key_hex;
  draft.personal[PersonalField::kPeaks] = command.peaks;
  return Drafts{std::move(draft)};
}

Result<Drafts> decide(const MissRecording& command, const Entity& recording) {
  if (recording.exists() || recording.erased) return Drafts{};
  return Drafts{draft_of(recording, command.facts, OwnerSeq(1))};
}

Drafts decide_retention(const Entity& recording, ClockTrust trust, const DecideContext& context) {
  const auto* state = recording.as<RecordingState>();
  const bool due = state != nullptr && !recording.erased && !state->missed &&
                   (context.site == kHubSite || state->site == context.site) &&
                   state->keep_until.v != 0 && state->keep_until <= context.now;
  if (!due || trust != ClockTrust::kConfirmed) return {};
  return {draft_of(recording, RecordingErased{RecordingEnd::kRetention, context.now}, OwnerSeq(2))};
}

bool is_playable(const Entity& recording, TimeMs now) {
  const auto* state = recording.as<RecordingState>();
  return state != nullptr && !recording.erased && !state->missed && now < state->keep_until;
}

void add_recording_rows(Facets& out, const Entity& entity, const RecordingState& s) {
  if (s.of.call.is_zero()) return;  // the end overtook the beginning
  const auto add = [&](const Bytes& key, Bytes value) {
    out.index.push_back({KeyWriter().raw(key).raw(entity.id.view()).take(), std::move(value)});
  };
  add(keys::recordings_of_call(s.of.call), {});
  if (entity.erased) return;
  const std::uint64_t newest_first = keys::descending(unsigned_of(s.of.started_at));
  add(KeyWriter().raw(keys::recordings()).u64(newest_first).take(),
      to_row(RecordingRow{s.site, s.of.desk, s.of.line, s.of.agent, s.of.call, s.duration_ms,
                          s.missed}));
  if (s.missed) return;
  add(KeyWriter().raw(keys::recordings_to_go(s.site)).u64(unsigned_of(s.keep_until)).take(), {});
}

namespace keys {

Bytes recordings() { return family(kList).take(); }

Bytes recordings_before(TimeMs at) { return family(kList).u64(descending(unsigned_of(at))).take(); }

Bytes recordings_of_call(const AggregateId& call) {
  return family(kOfCall).raw(call.view()).take();
}

Bytes recordings_to_go(SiteNo site) { return family(kToGo).u32(site.v).take(); }

Bytes recordings_to_go_after(SiteNo site, TimeMs now) {
  return KeyWriter().raw(recordings_to_go(site)).u64(unsigned_of(now) + 1).take();
}

}  // namespace keys

}  // namespace opora::protocol
