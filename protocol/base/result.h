// Result<T>: a value or one Error. Owned by the caller; plain values, any thread.
//
// One error per reaction: `code` is what programs react to (stable, listed in web/api), `path`
// names the field that was wrong ("" when no field is to blame), `message` is for logs and never
// holds patient data. A bug is OPORA_CHECK (check.h); network, disk and user input come back as an
// Error.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "protocol/base/check.h"

namespace opora {

enum class Code {
  kInvalid,          // a field is missing, malformed or out of range
  kNotFound,         // no such record here
  kDenied,           // the role or the facility does not allow it
  kUnauthenticated,  // sign in first
  kLeaseExpired,     // the region was not heard of for too long: its users cannot sign in here
  kConflict,         // the record is in a state that does not allow it
  kKeyReused,        // same Idempotency-Key with another body
  kAlreadyIssued,    // a secret was given out under this key and is not shown again
  kTooLarge,         // over a stated limit of size
  kTooMany,          // over a stated limit of rate or number
  kUnsupported,      // a body or a file of a kind that is not taken
  kNoRoom,           // what the site keeps for this is full
  kUnavailable,      // try again: stopping, disk error, peer away
  kCorrupt,          // stored or received bytes do not decode or do not follow
  kInternal,
};

inline constexpr std::size_t kCodes = static_cast<std::size_t>(Code::kInternal) + 1;
// The stable lower-case name of a code, as problem+json carries it ("invalid", "not_found"…).
const char* code_name(Code code);

struct Error {
  Code code = Code::kInternal;
  std::string path;     // "contact.phone"; empty when no field is to blame
  std::string message;  // English, for logs and developers; no patient data
};

template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that `return value;` and `return error;` read the same.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return v_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    OPORA_CHECK(ok());
    return std::get<0>(v_);
  }
  const T& value() const& {
    OPORA_CHECK(ok());
    return std::get<0>(v_);
  }
  T&& value() && {
    OPORA_CHECK(ok());
    return std::get<0>(std::move(v_));
  }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const Error& error() const {
    OPORA_CHECK(!ok());
    return std::get<1>(v_);
  }

 private:
  std::variant<T, Error> v_;
};

struct Ok {};
using Status = Result<Ok>;
inline Status ok_status() { return Status(Ok{}); }

inline Error invalid(std::string path, std::string message) {
  return Error{Code::kInvalid, std::move(path), std::move(message)};
}

// Returns the error of `expr` from the enclosing function, if it has one.
#define OPORA_TRY(expr)                                                           \
  do {                                                                            \
    if (auto try_result_ = (expr); !try_result_.ok()) return try_result_.error(); \
  } while (false)

}  // namespace opora
