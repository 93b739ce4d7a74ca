#include "web/app/recordings.h"

#include <algorithm>
#include <charconv>

#include "protocol/codec/seal.h"
#include "protocol/domain/recording_sound.h"
#include "protocol/domain/recording_texts.h"
#include "sync/journal/files.h"
#include "sync/projection/projection.h"
#include "web/app/render.h"

namespace opora::app {

using protocol::Entity;
using protocol::Kind;
using protocol::PersonalField;
using protocol::RecordingState;

namespace {

std::string_view name_of(SoundIs state) {
  switch (state) {
    case SoundIs::kHere: return "here";
    case SoundIs::kOnItsWay: return "on_its_way";
    case SoundIs::kAtSite: return "at_site";
    case SoundIs::kMissed: return "missed";
    case SoundIs::kGone: return "gone";
  }
  return "gone";
}

std::optional<protocol::FileKey> key_of(const Entity& recording) {
  const auto raw = from_hex(recording.personal.text(PersonalField::kFileKey));
  return raw ? protocol::FileKey::from(*raw) : std::nullopt;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
  return out;
}

// A-law of the samples from `first` to behind `last`; only the chunks that they stand in are
// opened.
Result<Bytes> samples(const sync::Reader& rows, const Entity& recording, SoundRange of) {
  const auto& state = *recording.as<RecordingState>();
  const sync::FileId id{recording.id, state.hash};
  const auto key = key_of(recording);
  const auto count = static_cast<std::uint32_t>(state.chunks.size());
  Bytes out;
  auto place = static_cast<std::uint32_t>(of.from / protocol::kFileChunkBytes);
  for (std::uint64_t at = of.from; at < of.to; ++place) {
    const auto sealed = sync::read_chunk(rows, id, place);
    if (!sealed || !key) return Error{Code::kCorrupt, "id", "a chunk of the file is missing"};
    const auto plain = protocol::open_chunk(*key, {id.ticket, place, count}, *sealed);
    if (!plain.ok()) return plain.error();
    const std::uint64_t begin = place * protocol::kFileChunkBytes;
    const std::uint64_t end = std::min(of.to, begin + plain->size());
    if (end <= at) return Error{Code::kCorrupt, "id", "a chunk of the file is short"};
    out.append(*plain, at - begin, end - at);
    at = end;
  }
  return out;
}

}  // namespace

SoundIs sound_of(const sync::Reader& rows, const Entity& recording, TimeMs now) {
  const auto* state = recording.as<RecordingState>();
  if (state != nullptr && state->missed && !recording.erased) return SoundIs::kMissed;
  if (!protocol::is_playable(recording, now)) return SoundIs::kGone;
  const bool whole = sync::whole_file(rows, {recording.id, state->hash}).has_value();
  if (whole && key_of(recording)) return SoundIs::kHere;
  const bool stays = state->copies == protocol::Copies::kSiteAlone;
  return stays ? SoundIs::kAtSite : SoundIs::kOnItsWay;
}

void write_recording(web::JsonWriter& out, const sync::Reader& rows, People& people,
                     const Entity& recording, TimeMs now) {
  const auto& state = *recording.as<RecordingState>();
  const Entity call = sync::read_entity(rows, Kind::kCall, state.of.call);
  const auto* known = call.as<protocol::CallState>();
  out.field("id", recording.id);
  out.field("call_id", state.of.call);
  out.field("part", std::uint64_t{state.of.part});
  out.field("site", state.site);
  out.field("desk", state.of.desk);
  out.field("line", text_or_null(state.of.line));
  out.field("agent", text_or_null(state.of.agent));
  out.field("agent_name", text_or_null(people.by_agent(state.of.agent, state.site)));
  out.field("phone", text_or_null(call.personal.text(PersonalField::kPhone)));
  out.field("direction",
            protocol::to_name(known == nullptr ? protocol::Direction::kIn : known->direction));
  out.field("started_at", state.of.started_at);
  out.field("duration_ms", std::int64_t{state.duration_ms});
  out.field("keep_until", state.missed ? std::nullopt : std::optional(state.keep_until));
  out.field("state", name_of(sound_of(rows, recording, now)));
  out.field("fault", state.missed ? std::optional(protocol::to_name(state.fault)) : std::nullopt);
}

std::uint64_t wav_bytes_of(const RecordingState& recording) {
  return protocol::wav_bytes(recording.bytes);
}

Result<std::optional<SoundRange>> read_range(std::string_view header, std::uint64_t bytes) {
  constexpr std::string_view kUnit = "bytes=";
  using Asked = std::optional<SoundRange>;
  if (!header.starts_with(kUnit)) return Asked{};
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return Asked{};
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  const bool open = dash + 1 == header.size();
  const Error behind{Code::kInvalid, "range", "begins behind the end"};
  if (dash == 0) {
    if (!last) return Asked{};
    if (*last == 0) return behind;
    return Asked(SoundRange{bytes - std::min(bytes, *last), bytes});
  }
  if (!first || (!last && !open) || (last && *last < *first)) return Asked{};
  if (*first >= bytes) return behind;
  return Asked(SoundRange{*first, open ? bytes : std::min(bytes, *last + 1)});
}

Result<Bytes> sound(const sync::Reader& rows, const Entity& recording, SoundRange range,
                    TimeMs now) {
  switch (sound_of(rows, recording, now)) {
    case SoundIs::kHere: break;
    case SoundIs::kOnItsWay: return Error{Code::kConflict, "id", "it has not come here yet"};
    case SoundIs::kAtSite: return Error{Code::kConflict, "id", "it stays at its site"};
    case SoundIs::kMissed:
    case SoundIs::kGone: return Error{Code::kNotFound, "id", "there is no sound of it"};
  }
  const auto& state = *recording.as<RecordingState>();
  Bytes out;
  if (range.from < protocol::kWavHeaderBytes)
    out = protocol::wav_header(state.bytes)
              .substr(range.from, std::min(range.to, protocol::kWavHeaderBytes) - range.from);
  if (range.to <= protocol::kWavHeaderBytes) return out;
  // In samples, from the one that the range begins in to the one that it ends in.
  const std::uint64_t from = std::max(range.from, protocol::kWavHeaderBytes);
  const std::uint64_t skipped = (from - protocol::kWavHeaderBytes) % 2;
  const std::uint64_t first = (from - protocol::kWavHeaderBytes) / 2;
  const std::uint64_t behind = (range.to - protocol::kWavHeaderBytes + 1) / 2;
  const auto a_law = samples(rows, recording, {first, behind});
  if (!a_law.ok()) return a_law.error();
  Bytes pcm;
  pcm.reserve(2 * a_law->size());
  for (const char each : *a_law) {
    const auto sample =
        static_cast<std::uint16_t>(protocol::sample_of(static_cast<std::uint8_t>(each)));
    pcm.push_back(static_cast<char>(sample & 0xFF));
    pcm.push_back(static_cast<char>(sample >> 8));
  }
  return out += pcm.substr(skipped, range.to - from);
}

}  // namespace opora::app
