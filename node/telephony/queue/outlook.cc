#include "node/telephony/queue/outlook.h"

#include "node/telephony/queue/step.h"

namespace opora::telephony {

Outlook::Outlook(const Plan& plan, Core::Rows rows) : plan_(plan), core_(std::move(rows)) {}

std::uint16_t Outlook::position(const Call& call) const { return position_of(floor(), call); }

std::optional<std::int64_t> Outlook::expected_wait_ms(const Call& call) const {
  const std::int64_t wait = telephony::expected_wait_ms(floor(), plan_, call);
  return wait < 0 ? std::nullopt : std::optional(wait);
}

std::size_t Outlook::present(QueueNo queue) const {
  return telephony::present(floor(), plan_, queue);
}

}  // namespace opora::telephony
