#include "web/app/login_guard.h"

#include <algorithm>

namespace opora::app {

namespace {
// What a full bucket takes to be empty again.
constexpr std::int64_t kFullMs = LoginGuard::kAddressFailures * LoginGuard::kAddressEveryMs;
}  // namespace

const char* outcome_name(SignInOutcome outcome) {
  switch (outcome) {
    case SignInOutcome::kLetIn: return "let_in";
    case SignInOutcome::kWrong: return "wrong";
    case SignInOutcome::kPaused: return "paused";
    case SignInOutcome::kBusy: return "busy";
    case SignInOutcome::kLease: return "lease_expired";
  }
  return "unknown";
}

std::int64_t LoginGuard::wait_ms(const Who& who, TimeMs now) {
  const std::lock_guard lock(mutex_);
  return std::max(login_wait_ms(who, now), address_wait_ms(who.address, now));
}

std::int64_t LoginGuard::login_wait_ms(const Who& who, TimeMs now) {
  const auto it = logins_.find(who);
  if (it == logins_.end()) return 0;
  const std::int64_t since = now - it->second.last;
  if (since < 0 || since > kForgetMs) {  // or the clock was set back
    logins_.erase(it);
    return 0;
  }
  return std::max<std::int64_t>(0, pause_ms(it->second.failures) - since);
}

std::int64_t LoginGuard::address_wait_ms(const std::string& address, TimeMs now) {
  const auto it = addresses_.find(address);
  if (it == addresses_.end()) return 0;
  const std::int64_t filled = it->second.empty_at - now;
  if (filled <= 0 || filled > kFullMs) {  // or the clock was set back
    addresses_.erase(it);
    return 0;
  }
  // Room for one more failure.
  return std::max<std::int64_t>(0, filled - (kFullMs - kAddressEveryMs));
}

std::int64_t LoginGuard::pause_ms(int failures) {
  if (failures < kFreeFailures) return 0;
  // Beyond 2^6 s every pause is the longest one.
  return std::min(kMaxPauseMs, std::int64_t{1'000} << std::min(failures - kFreeFailures, 6));
}

void LoginGuard::failed(const Who& who, TimeMs now) {
  const std::lock_guard lock(mutex_);
  if (logins_.size() >= kMaxKeys) logins_.clear();
  Row& row = logins_[who];
  ++row.failures;
  row.last = now;
  if (addresses_.size() >= kMaxKeys) addresses_.clear();
  Bucket& bucket = addresses_[who.address];
  // Attempts that were under way together may overfill it: it does not grow beyond full.
  bucket.empty_at = std::min(std::max(bucket.empty_at, now) + kAddressEveryMs, now + kFullMs);
}

void LoginGuard::succeeded(const Who& who) {
  const std::lock_guard lock(mutex_);
  logins_.erase(who);
}

}  // namespace opora::app
