#include "web/server/websocket.h"

#include <atomic>

#include "web/server/problem.h"

namespace opora::web {

WsSend WsSession::send(std::string text) const {
  return send(std::make_shared<const std::string>(std::move(text)));
}

WsSend WsSession::send(std::shared_ptr<const std::string> text) const {
  return connection_ ? connection_->send(std::move(text)) : WsSend::kClosed;
}

void WsSession::close(std::uint16_t code, std::string_view reason) const {
  if (connection_) connection_->close(code, reason);
}

struct WsUpgrade::State {
  explicit State(std::unique_ptr<WsUpgradeSink> to) : sink(std::move(to)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (claim()) sink->refuse(problem({Code::kInternal, "", "the upgrade was dropped"}));
  }
  bool claim() { return !used.exchange(true, std::memory_order_acq_rel); }
  std::unique_ptr<WsUpgradeSink> sink;
  std::atomic<bool> used{false};
};

WsUpgrade::WsUpgrade(std::unique_ptr<WsUpgradeSink> sink)
    : state_(std::make_shared<State>(std::move(sink))) {}

void WsUpgrade::accept(WsCallbacks callbacks) const {
  if (state_->claim()) state_->sink->accept(std::move(callbacks));
}

void WsUpgrade::refuse(Response response) const {
  if (state_->claim()) state_->sink->refuse(std::move(response));
}

}  // namespace opora::web
