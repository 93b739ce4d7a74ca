#include "sync/replicator/enrol_client.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "protocol/codec/link_codec.h"
#include "protocol/link/dealer.h"
#include "sync/replicator/steady.h"

namespace opora::sync {
namespace {

// Longer than a hub's synced write on a slow disk; then the request may be lost.
constexpr std::int64_t kAskAgainMs = 3'000;
// The hub takes five attempts a second.
constexpr std::int64_t kBusyMs = 300;
// Another key for so long is another hub. A forwarder whose hub restarts looks the same, for less.
constexpr std::int64_t kForeignMs = 5'000;

using protocol::Enrolled;
using protocol::EnrolRefusal;
using Kind = protocol::DealerEvent::Kind;

class Attempt {
 public:
  Attempt(protocol::Dealer& dealer, Bytes request)
      : dealer_(dealer), request_(std::move(request)) {}

  // One turn; the outcome once there is one.
  std::optional<Result<Enrolled>> turn(int wait_ms) {
    protocol::wait_readable(dealer_.readables(), wait_ms);
    while (const auto event = dealer_.next_event()) note(*event);
    if (connected_ && mono_now() >= ask_at_) {
      ask_at_ = mono_now() + kAskAgainMs;
      dealer_.send(request_);
    }
    while (const auto frame = dealer_.receive()) {
      if (auto outcome = read(*frame)) return outcome;
    }
    if (foreign_since_ && mono_now() - *foreign_since_ >= kForeignMs)
      return Result<Enrolled>(
          Error{Code::kDenied, "enrolment-code", "not the code's hub: " + trouble_});
    return std::nullopt;
  }
  const std::string& trouble() const { return trouble_; }

 private:
  void note(const protocol::DealerEvent& event) {
    connected_ = event.kind == Kind::kConnected;
    if (connected_) ask_at_ = mono_now();
    trouble_ = connected_ ? "no answer to the request" : event.text;
    if (event.kind != Kind::kForeign) foreign_since_.reset();
    if (event.kind == Kind::kForeign && !foreign_since_) foreign_since_ = mono_now();
  }

  std::optional<Result<Enrolled>> read(const Bytes& frame) {
    auto message = protocol::decode_enrol(frame);
    if (!message.ok()) return Result<Enrolled>(message.error());
    if (auto* enrolled = std::get_if<Enrolled>(&*message))
      return Result<Enrolled>(std::move(*enrolled));
    const auto* refused = std::get_if<protocol::Refused>(&*message);
    if (refused == nullptr) return std::nullopt;
    const std::string name = enrol_refusal_name(refused->code);
    if (refused->code != EnrolRefusal::kBusy && refused->code != EnrolRefusal::kFailed) {
      return Result<Enrolled>(
          Error{Code::kDenied, name, "the hub refused the enrolment code: " + name});
    }
    trouble_ = "the hub is " + name;
    ask_at_ = mono_now() + kBusyMs;
    return std::nullopt;
  }

  protocol::Dealer& dealer_;
  Bytes request_;
  bool connected_ = false;
  MonoMs ask_at_;
  std::optional<MonoMs> foreign_since_;  // nothing else answered since then
  std::string trouble_ = "no answer";
};

}  // namespace

Result<Enrolled> enrol(const protocol::LinkContext& context, const std::string& endpoint,
                       const protocol::EnrolCode& code, const protocol::LinkKeyPair& keys,
                       const std::string& software, int timeout_ms) {
  auto dealer = protocol::Dealer::open(
      context, {endpoint, code.hub_key, keys, protocol::kMaxEnrolAnswerBytes});
  if (!dealer.ok()) return dealer.error();
  const protocol::Enrol request{protocol::kLinkVersion, code.site, code.secret, keys.public_key,
                                software};
  Attempt attempt(**dealer, encode_enrol(request));
  const MonoMs deadline = mono_now() + timeout_ms;
  for (MonoMs now = mono_now(); now < deadline; now = mono_now()) {
    const int wait_ms = static_cast<int>(std::min<std::int64_t>(deadline - now, 100));
    if (auto outcome = attempt.turn(wait_ms)) return std::move(*outcome);
  }
  return Error{Code::kUnavailable, "endpoint",
               "enrolment at " + endpoint + ": " + attempt.trouble()};
}

}  // namespace opora::sync
