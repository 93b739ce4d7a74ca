#include "protocol/domain/unsettled_years.h"

namespace opora::protocol {

void UnsettledYears::count(const Counted& counted) {
  if (counted.norm.minutes == 0 || counted.norm.running == Running::kRoundTheClock) return;
  if (counted.calendar.holidays == Holidays::kIgnored) return;
  count_days(local_day(counted.from, counted.zone), local_day(counted.to, counted.zone));
}

void UnsettledYears::count_days(LocalDay from, LocalDay to) {
  if (to < from) return;
  for (auto year = date_of(from).year(); year <= date_of(to).year(); ++year) {
    const auto number = static_cast<std::uint16_t>(static_cast<int>(year));
    if (!decreed_.contains(number)) found_.insert(number);
  }
}

}  // namespace opora::protocol
