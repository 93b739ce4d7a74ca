#include "web/server/connection.h"

#include <algorithm>

#include "web/server/assets.h"
#include "web/server/problem.h"
#include "web/server/upgrade_rules.h"

namespace opora::web {
namespace {

constexpr std::size_t kKeepBufferBytes = 16 * 1024;  // an idle connection gives back what is larger
constexpr std::size_t kReserveBodyBytes =
    64 * 1024;  // of a promised Content-Length, before it comes
constexpr std::size_t kUnroutedBodyBytes =
    64 * 1024;  // read only to keep the connection usable after a 404
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

class AnswerSink final : public ResponseSink {
 public:
  AnswerSink(std::shared_ptr<Mailbox> mailbox, std::uint64_t client, std::uint64_t request)
      : mailbox_(std::move(mailbox)), client_(client), request_(request) {}
  void deliver(Response response) override {
    mailbox_->post({client_, request_, std::move(response)});
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t client_, request_;
};

class UpgradeSink final : public WsUpgradeSink {
 public:
  UpgradeSink(std::shared_ptr<Mailbox> mailbox, std::uint64_t client, std::uint64_t request)
      : mailbox_(std::move(mailbox)), client_(client), request_(request) {}
  void accept(WsCallbacks callbacks) override {
    mailbox_->post({client_, request_, std::move(callbacks)});
  }
  void refuse(Response response) override {
    mailbox_->post({client_, request_, std::move(response)});
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::uint64_t client_, request_;
};

}  // namespace

Connection::Connection(IoThread& thread, std::uint64_t id, std::unique_ptr<Transport> transport,
                       AddressTable::Lease lease, Peer peer)
    : thread_(thread),
      id_(id),
      transport_(std::move(transport)),
      lease_(std::move(lease)),
      peer_(std::move(peer)),
      budget_(thread.shared()),
      in_(thread.shared().limits.pipelined_bytes) {}

void Connection::start() {
  deadline_ = thread_.now() + limits().handshake_ms;
  transport_->handshake(then(&Connection::on_handshake));
}

void Connection::on_handshake(error_code ec, std::size_t) {
  if (phase_ == Phase::kClosed) return;
  if (ec) {
    shared().counters.refuse(Refusal::kTls);
    return close();
  }
  enter(Phase::kHead);
  deadline_ = thread_.now() + limits().idle_ms;
  advance();
}

// --- the machine

void Connection::enter(Phase phase) {
  if (phase_ == Phase::kHandling) thread_.end_handling();
  if (phase == Phase::kHandling) thread_.begin_handling();
  phase_ = phase;
}

void Connection::advance() {
  if (advancing_) return;  // a handler answered at once: the loop below goes on with it
  advancing_ = true;
  do {
    while (step()) {
    }
  } while (flush());
  advancing_ = false;
  want_read();
}

bool Connection::step() {
  switch (phase_) {
    case Phase::kHead: return step_head();
    case Phase::kBody: return step_body();
    case Phase::kHandling:
      if (ready_) {
        emit(*std::exchange(ready_, std::nullopt));
        return true;
      }
      if (accepted_ && out_.empty()) become_websocket(*std::exchange(accepted_, std::nullopt));
      return false;
    case Phase::kHandshake:
    case Phase::kLinger:
    case Phase::kClosed: return false;
  }
  return false;
}

bool Connection::step_head() {
  if (closing_ || out_.backlogged()) return false;
  head_only_ = http_1_0_ = false;
  keep_alive_ = true;
  // RFC 9112 §2.2: one empty line before a request is forgiven.
  if (!skipped_line_ && input().starts_with("\r\n")) {
    in_.consume(2);
    skipped_line_ = true;
  }
  const auto data = input();
  if (data.empty() || data == "\r") return false;
  if (!may_start_request(data.front())) {
    refuse(400, Refusal::kBadRequest, invalid("", "this is not an HTTP request"));
    return true;
  }
  const auto end = data.find("\r\n\r\n", scanned_ > 3 ? scanned_ - 3 : 0);
  const bool whole = end != std::string_view::npos;
  const std::size_t size = whole ? end + 4 : data.size();
  if (size > limits().header_bytes) {
    refuse(431, Refusal::kHeaderTooLarge,
           {Code::kTooLarge, "", "the request's header is too large"});
    return true;
  }
  if (!whole) {
    if (scanned_ == 0) deadline_ = thread_.now() + limits().header_ms;
    scanned_ = data.size();
    return false;
  }
  auto parsed = parse_head(data.substr(0, size), limits());
  in_.consume(size);
  scanned_ = 0;
  skipped_line_ = false;
  if (const auto* fault = std::get_if<HeadFault>(&parsed)) {
    const auto reason = fault->status == 431 ? Refusal::kHeaderTooLarge : Refusal::kBadRequest;
    refuse(fault->status, reason, invalid("", fault->message));
  } else {
    begin_request(std::move(std::get<RequestHead>(parsed)));
  }
  return true;
}

void Connection::begin_request(RequestHead head) {
  Counters::add(shared().counters.requests);
  head_only_ = head.method == Method::kHead;
  http_1_0_ = head.http_1_0;
  keep_alive_ = head.keep_alive;
  if (!lease_.take_request(thread_.now())) {
    return refuse(429, Refusal::kRateLimit,
                  {Code::kTooMany, "", "too many requests a second from this address"});
  }
  match_ = shared().router.match(head.method, head.path);
  request_ = Request{};
  request_.peer = peer_;
  request_.secure = shared().secure;
  request_.method = head.method;
  request_.target = std::move(head.target);
  request_.path = std::move(head.path);
  request_.query = std::move(head.query);
  request_.headers = std::move(head.headers);
  if (head.framing == Framing::kNone) return dispatch();
  begin_body(head.framing, head.content_length,
             head.expects_continue ? Expect::kContinue : Expect::kNothing);
}

std::size_t Connection::body_limit() const {
  if (!match_.route) return kUnroutedBodyBytes;
  const std::size_t own = match_.route->options.max_body_bytes;
  return own > 0 ? own : limits().body_bytes;
}

void Connection::begin_body(Framing framing, std::uint64_t length, Expect expect) {
  if (expect == Expect::kContinue && !match_.route) {
    keep_alive_ = false;  // the client need not send what nobody takes
    return dispatch();
  }
  const bool chunked = framing == Framing::kChunked;
  if (!chunked && length > body_limit()) return refuse_large_body();
  if (!chunked && !budget_.grow_to(static_cast<std::size_t>(length))) return refuse_for_memory();
  body_ = chunked ? BodyDecoder::chunked(limits(), body_limit()) : BodyDecoder::with_length(length);
  request_.body.reserve(
      static_cast<std::size_t>(std::min<std::uint64_t>(length, kReserveBodyBytes)));
  if (expect == Expect::kContinue && in_.size() == 0) out_.text().append(kContinue);
  enter(Phase::kBody);
  body_began_ = thread_.now();
  body_received_ = in_.size();
  deadline_ = body_began_ + limits().body_ms;
}

bool Connection::step_body() {
  in_.consume(body_.feed(input(), request_.body));
  if (!budget_.grow_to(request_.body.size())) {
    refuse_for_memory();
    return true;
  }
  switch (body_.state()) {
    case BodyDecoder::State::kMore: return false;
    case BodyDecoder::State::kDone: dispatch(); return true;
    case BodyDecoder::State::kBad:
      refuse(400, Refusal::kBadRequest, invalid("", "the body's chunks are malformed"));
      return true;
    case BodyDecoder::State::kTooLarge: refuse_large_body(); return true;
  }
  return false;
}

void Connection::dispatch() {
  enter(Phase::kHandling);
  deadline_ = thread_.now() + limits().handler_ms;
  ++request_no_;
  try {
    if (match_.route && match_.route->websocket) return upgrade();
    const Respond respond(std::make_unique<AnswerSink>(thread_.mailbox(), id_, request_no_));
    if (!match_.route) return respond(answer_without_handler());
    if (!takes_body()) {
      return respond(problem(
          {Code::kUnsupported, "Content-Type", "a body here is application/json and says so"}));
    }
    match_.route->handler(std::move(request_), std::move(match_.params), respond);
  } catch (const std::exception& e) {
    // The Respond went down with the handler and has answered 500.
    Counters::add(shared().counters.exceptions_caught);
    shared().say(std::string("web: a handler threw: ") + e.what());
  }
}

bool Connection::takes_body() const {
  const bool any = match_.route->options.body == BodyType::kAny;
  return any || request_.body.empty() || is_json(request_.headers);
}

Response Connection::answer_without_handler() {
  if (!match_.allow.empty()) {
    auto response = problem(405, invalid("", "this method is not allowed here"));
    response.headers.emplace_back("Allow", match_.allow);
    return response;
  }
  const AssetStore* assets = shared().router.asset_store();
  const bool reads = request_.method == Method::kGet || request_.method == Method::kHead;
  if (assets && reads) return serve_asset(*assets, request_);
  return problem({Code::kNotFound, "", "nothing is at this address"});
}

// --- WebSocket

void Connection::upgrade() {
  if (const auto fault = judge_upgrade(request_)) {
    return refuse(fault->status, Refusal::kWebSocket, invalid("", fault->message));
  }
  if (in_.size() > 0 || !request_.body.empty()) {
    return refuse(400, Refusal::kWebSocket, invalid("", "bytes before the upgrade was agreed"));
  }
  ws_key_ = *request_.headers.find("Sec-WebSocket-Key");
  WsUpgrade upgrade(std::make_unique<UpgradeSink>(thread_.mailbox(), id_, request_no_));
  match_.route->websocket(std::move(request_), std::move(match_.params), std::move(upgrade));
}

void Connection::become_websocket(WsCallbacks callbacks) {
  if (!lease_.take_websocket()) {
    return refuse(429, Refusal::kWebSocket,
                  {Code::kTooMany, "", "too many live sessions from this address"});
  }
  enter(Phase::kClosed);
  auto session = transport_->into_websocket(
      {&thread_, id_, std::move(lease_), std::move(ws_key_), std::move(callbacks)});
  transport_.reset();
  thread_.add(id_, std::move(session));  // takes this connection's place
}

// --- answers

void Connection::deliver(Letter letter) {
  if (phase_ != Phase::kHandling || letter.request != request_no_) return;
  if (auto* response = std::get_if<Response>(&letter.content)) ready_ = std::move(*response);
  else if (auto* callbacks = std::get_if<WsCallbacks>(&letter.content))
    accepted_ = std::move(*callbacks);
  advance();
}

void Connection::emit(Response response) {
  if (response.status < 200 || response.status > 599) {
    response = problem({Code::kInternal, "", "the handler gave no valid status"});
  }
  accepted_.reset();
  const bool keep = keep_alive_ && !closing_ && !thread_.draining();
  shared().counters.answered(response.status, response.code);
  AnswerFrame frame;
  frame.secure = shared().secure;
  frame.date = thread_.date();
  if (!keep) frame.persistence = Persistence::kClose;
  else if (http_1_0_) frame.persistence = Persistence::kKeepAliveHttp10;
  append_head(out_.text(), response, frame);
  if (!head_only_ && has_body(response.status)) {
    if (!response.static_body.empty()) out_.add_static_body(response.static_body);
    else out_.add_body(std::move(response.body));
  }
  closing_ = !keep;
  budget_.release();
  enter(Phase::kHead);
  deadline_ = thread_.now() + limits().idle_ms;
  if (in_.size() == 0 && in_.capacity() > kKeepBufferBytes) in_.shrink_to_fit();
}

void Connection::refuse(int status, Refusal reason, const Error& error) {
  shared().counters.refuse(reason);
  keep_alive_ = false;
  auto response = problem(status, error);
  if (status == 426) {
    response.headers.emplace_back("Upgrade", "websocket");
    response.headers.emplace_back("Sec-WebSocket-Version", "13");
  }
  emit(std::move(response));
}

void Connection::refuse_large_body() {
  refuse(413, Refusal::kBodyTooLarge, {Code::kTooLarge, "", "the body is too large"});
}

void Connection::refuse_for_memory() {
  refuse(503, Refusal::kMemory, {Code::kUnavailable, "", "too many large requests at once"});
}

}  // namespace opora::web
