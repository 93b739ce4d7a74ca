#include "protocol/link/zap.h"

#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <zmq.h>

#include "protocol/base/check.h"
#include "protocol/base/hash.h"
#include "protocol/link/dealer.h"
#include "protocol/link/message_parts.h"

namespace opora::protocol {
namespace {

constexpr const char* kZapEndpoint = "inproc://zeromq.zap.01";
constexpr std::string_view kZapVersion = "1.0";
constexpr std::string_view kProbeDomain = "opora.probe";
// version, request, domain, address, identity, mechanism, credentials
constexpr std::size_t kRequestParts = 7;
// Within one process; a handler that needs longer is stuck.
constexpr int kProofTimeoutMs = 2'000;
// A whole connection on the loopback of a busy machine.
constexpr int kStrangerTimeoutMs = 5'000;

Error unproven(std::string why) { return {Code::kUnavailable, "zap", std::move(why)}; }

}  // namespace

ZapHandler::ZapHandler(const LinkContext& context, Allow allow)
    : context_(context), allow_(std::move(allow)) {
  SystemRandom random;
  probe_ = random.id<LinkKey>();
}

ZapHandler::~ZapHandler() { stop(); }

Status ZapHandler::start() {
  OPORA_CHECK(!thread_.joinable());
  socket_ = Socket(context_, ZMQ_REP);
  if (Status bound = socket_.bind(kZapEndpoint); !bound.ok()) {
    socket_.close();
    return unproven("another handler answers for this context");
  }
  stopping_ = false;
  thread_ = std::thread([this] { run(); });
  return prove();
}

void ZapHandler::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wakeup_.signal();
  thread_.join();
  socket_.close();
}

void ZapHandler::run() {
  const std::array<Readable, 2> sources{Readable{socket_.raw(), -1},
                                        Readable{nullptr, wakeup_.fd()}};
  while (!stopping_) {
    wait_readable(sources, -1);
    while (answer_one()) {
    }
  }
}

bool ZapHandler::answer_one() {
  const auto request = receive_parts(socket_.raw(), ZMQ_DONTWAIT, kRequestParts);
  if (!request) return false;
  const bool whole = request->size() == kRequestParts && request->front() == kZapVersion;
  const bool yes = whole && allowed((*request)[2], (*request)[5], (*request)[6]);
  const auto key = whole ? LinkKey::from((*request)[6]) : std::nullopt;
  const std::string user = yes ? to_z85(*key) : std::string();
  const std::string_view id =
      request->size() > 1 ? std::string_view((*request)[1]) : std::string_view();
  send_parts(socket_.raw(),
             {kZapVersion, id, yes ? "200" : "400", yes ? "OK" : "unknown key", user, ""});
  return true;
}

bool ZapHandler::allowed(std::string_view domain, std::string_view mechanism,
                         std::string_view key) const {
  const auto link_key = LinkKey::from(key);
  if (mechanism != "CURVE" || !link_key) return false;
  if (domain == kProbeDomain) return *link_key == probe_;
  return allow_(domain, *link_key);
}

namespace {

// The status that the context's handler gives; nothing when none answers.
std::optional<Bytes> ask_handler(const LinkContext& context, const LinkKey& key) {
  Socket socket(context, ZMQ_REQ);
  socket.set(ZMQ_RCVTIMEO, kProofTimeoutMs);
  socket.set(ZMQ_SNDTIMEO, kProofTimeoutMs);
  if (!socket.connect(kZapEndpoint).ok()) return std::nullopt;
  const std::vector<std::string_view> request{kZapVersion, "1",     kProbeDomain, "127.0.0.1",
                                              "",          "CURVE", key.view()};
  if (send_parts(socket.raw(), request) != SendResult::kSent) return std::nullopt;
  const auto reply = receive_parts(socket.raw(), 0, 6);
  if (!reply || reply->size() != 6 || reply->front() != kZapVersion) return std::nullopt;
  return (*reply)[2];
}

}  // namespace

Status ZapHandler::prove() const {
  SystemRandom random;
  const auto stranger = ask_handler(context_, random.id<LinkKey>());
  if (!stranger) return unproven("the handler does not answer");
  if (*stranger != "400") return unproven("the handler lets strangers in");
  if (ask_handler(context_, probe_) != "200") return unproven("the handler is not ours");
  return ok_status();
}

Status prove_strangers_refused(const LinkContext& context, const std::string& endpoint,
                               const LinkKey& server_key) {
  using Clock = std::chrono::steady_clock;
  auto stranger = Dealer::open(context, {endpoint, server_key, generate_link_keys(), 1024});
  if (!stranger.ok()) return stranger.error();
  const auto deadline = Clock::now() + std::chrono::milliseconds(kStrangerTimeoutMs);
  while (Clock::now() < deadline) {
    wait_readable((*stranger)->readables(), 100);
    while (auto event = (*stranger)->next_event()) {
      if (event->kind == DealerEvent::Kind::kConnected)
        return unproven("a stranger's key was accepted");
      if (event->kind == DealerEvent::Kind::kRefused) return ok_status();
    }
  }
  return unproven("no decision about a stranger's key at " + endpoint);
}

}  // namespace opora::protocol
