// Frames as a peer sends them: nothing crashes, what decodes keeps the limits of the link, and a
// session that hears it stays sane.
#include "protocol/base/check.h"
#include "protocol/codec/link_codec.h"
#include "sync/core/session.h"
#include "tests/fuzz/input.h"

using namespace opora;
using namespace opora::protocol;

namespace {

void check_batch(const Batch& batch) {
  OPORA_CHECK(!batch.entries.empty() && batch.entries.size() <= kMaxBatchEntries);
  OPORA_CHECK(batch.first.v >= 1 && batch.first.v + batch.entries.size() - 1 <= kMaxPosition);
  std::size_t bytes = 0;
  for (const Bytes& entry : batch.entries) bytes += entry.size();
  OPORA_CHECK(bytes <= kMaxBatchBytes);
}

// The same message to a session of each end, in the middle of its life.
void hear(sync::Role role, const Frame& heard) {
  const SiteNo site{17};
  const bool hub = role == sync::Role::kHub;
  sync::Session session({role, hub ? kHubSite : site, hub ? site : kHubSite, SessionId{7}, "fuzz"});
  const sync::Now now{sync::MonoMs{1}, TimeMs{1'700'000'000'000}};
  sync::Connected connected;
  connected.incarnations.push_back({IncarnationId{}, StreamPos{1}});
  for (const StreamKind stream : hub ? sync::streams_up() : sync::streams_down())
    connected.receives.push_back({stream, {}, {}});
  session.step(std::move(connected), now);
  Hello hello;
  hello.site = hub ? site : kHubSite;
  hello.window = sync::kSessionWindow;
  hello.incarnations.push_back({IncarnationId{}, StreamPos{1}});
  session.step(sync::Received{{SessionId{9}, hub ? SessionId{} : SessionId{7}, std::move(hello)}},
               now);
  if (hub) session.step(sync::Received{{SessionId{9}, SessionId{7}, UnknownMessage{}}}, now);
  OPORA_CHECK(session.live());
  const sync::Actions out =
      session.step(sync::Received{{SessionId{9}, SessionId{7}, heard.message}}, now);
  for (const sync::Action& action : out.list) {
    if (const auto* write = std::get_if<sync::Persist>(&action)) {
      OPORA_CHECK(!write->entries.empty());
      const sync::Entry& first = write->entries.front();
      OPORA_CHECK(first.pos.v == std::max<std::uint64_t>(first.withdrawn, 1));
      OPORA_CHECK(first.withdrawn == 0 || (!hub && sync::may_be_withdrawn(write->stream)));
    } else if (const auto* send = std::get_if<sync::Send>(&action)) {
      OPORA_CHECK(decode_frame(encode_frame(send->frame)).ok());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = fuzz::input_bytes(data, size);
  const auto frame = decode_frame(bytes);
  if (!frame.ok()) {
    OPORA_CHECK(frame.error().code == Code::kCorrupt);
    return 0;
  }
  if (std::holds_alternative<UnknownMessage>(frame->message)) return 0;
  if (const auto* batch = std::get_if<Batch>(&frame->message)) check_batch(*batch);
  if (const auto* over = std::get_if<Withdrawn>(&frame->message))
    OPORA_CHECK(over->count >= 1 && over->count <= kMaxBatchEntries && over->first.v >= 1);
  const auto again = decode_frame(encode_frame(*frame));
  OPORA_CHECK(again.ok() && *again == *frame);
  hear(sync::Role::kHub, *frame);
  hear(sync::Role::kSite, *frame);
  return 0;
}
