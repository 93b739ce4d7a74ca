// What screens show of the queue beside its rows: places, expected waits, who is there. Made from
// rows as the store has them, for one answer. Pure.
#pragma once

#include "node/telephony/queue/core.h"

namespace opora::telephony {

class Outlook {
 public:
  // `plan` outlives it.
  Outlook(const Plan& plan, Core::Rows rows);

  const Floor& floor() const { return core_.floor(); }
  std::uint16_t position(const Call& call) const;  // from 1, of its queue
  // Nothing: nobody is present. Never 0 instead.
  std::optional<std::int64_t> expected_wait_ms(const Call& call) const;
  std::size_t present(QueueNo queue) const;  // agents who take calls of it

 private:
  const Plan& plan_;
  Core core_;
};

}  // namespace opora::telephony
