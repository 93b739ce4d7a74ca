// Compact coding of state rows: fields in the order in which a struct's visit() lists them. For
// rows that are derived from the journal and rebuilt when their version changes, never for what
// sites exchange (that is protocol/schema). Integers are LEB128 (signed ones zigzag), byte strings
// carry their length.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/ids.h"

namespace opora {

class ArchiveWriter {
 public:
  static constexpr bool kReading = false;
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      out_.push_back(static_cast<char>(v | 0x80));
      v >>= 7;
    }
    out_.push_back(static_cast<char>(v));
  }
  void bytes(std::string_view b) {
    varint(b.size());
    out_.append(b);
  }
  void raw(std::string_view b) { out_.append(b); }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// After any malformed input ok() is false; sizes are checked against what is left, so a bad row
// cannot make it allocate more than the row's own length.
class ArchiveReader {
 public:
  static constexpr bool kReading = true;
  explicit ArchiveReader(std::string_view in) : in_(in) {}
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) return fail();
      const auto c = static_cast<std::uint8_t>(in_.front());
      in_.remove_prefix(1);
      v |= static_cast<std::uint64_t>(c & 0x7f) << shift;
      if ((c & 0x80) == 0) return v;
    }
    return fail();
  }
  std::string_view raw(std::size_t size) {
    if (in_.size() < size) {
      fail();
      return {};
    }
    auto out = in_.substr(0, size);
    in_.remove_prefix(size);
    return out;
  }
  std::string_view bytes() { return raw(varint()); }
  // A count of elements of at least one byte each.
  std::size_t count() {
    const std::uint64_t n = varint();
    return n <= in_.size() ? static_cast<std::size_t>(n) : static_cast<std::size_t>(fail());
  }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && in_.empty(); }

 private:
  std::uint64_t fail() {
    ok_ = false;
    in_ = {};
    return 0;
  }
  std::string_view in_;
  bool ok_ = true;
};

template <class A, class T>
void archive(A& a, T& v);

template <class A, class T>
void archive_integer(A& a, T& v) {
  if constexpr (std::is_signed_v<T>) {
    if constexpr (A::kReading) {
      const std::uint64_t z = a.varint();
      v = static_cast<T>(static_cast<std::int64_t>(z >> 1) ^ -static_cast<std::int64_t>(z & 1));
    } else {
      const auto s = static_cast<std::int64_t>(v);
      a.varint(static_cast<std::uint64_t>(s) << 1 ^ static_cast<std::uint64_t>(s >> 63));
    }
  } else if constexpr (A::kReading) {
    v = static_cast<T>(a.varint());
  } else {
    a.varint(static_cast<std::uint64_t>(v));
  }
}

template <class A, class Tag, class Rep>
void archive_one(A& a, StrongInt<Tag, Rep>& v) {
  archive_integer(a, v.v);
}
template <class A, class Tag, std::size_t N>
void archive_one(A& a, StrongBytes<Tag, N>& v) {
  if constexpr (A::kReading) {
    v = StrongBytes<Tag, N>::from(a.raw(N)).value_or(StrongBytes<Tag, N>{});
  } else {
    a.raw(v.view());
  }
}
template <class A>
void archive_one(A& a, TimeMs& v) {
  archive_integer(a, v.v);
}
template <class A>
void archive_one(A& a, Hlt& v) {
  archive_integer(a, v.v);
}
template <class A>
void archive_one(A& a, std::string& v) {
  if constexpr (A::kReading) {
    v = std::string(a.bytes());
  } else {
    a.bytes(v);
  }
}
template <class A, class T>
void archive_one(A& a, std::optional<T>& v) {
  bool has = v.has_value();
  archive(a, has);
  if constexpr (A::kReading) {
    if (has) v.emplace();
    else v.reset();
  }
  if (v) archive(a, *v);
}
template <class A, class T>
void archive_one(A& a, std::vector<T>& v) {
  if constexpr (A::kReading) {
    v.clear();
    const std::size_t n = a.count();
    for (std::size_t i = 0; i < n && a.ok(); ++i) archive(a, v.emplace_back());
  } else {
    a.varint(v.size());
    for (auto& e : v) archive(a, e);
  }
}
template <class A, class T>
void archive_one(A& a, std::set<T>& v) {
  if constexpr (A::kReading) {
    v.clear();
    const std::size_t n = a.count();
    for (std::size_t i = 0; i < n && a.ok(); ++i) {
      T e{};
      archive(a, e);
      v.insert(std::move(e));
    }
  } else {
    a.varint(v.size());
    for (T e : v) archive(a, e);
  }
}
template <class A, class K, class T>
void archive_one(A& a, std::map<K, T>& v) {
  if constexpr (A::kReading) {
    v.clear();
    const std::size_t n = a.count();
    for (std::size_t i = 0; i < n && a.ok(); ++i) {
      K k{};
      archive(a, k);
      archive(a, v[k]);
    }
  } else {
    a.varint(v.size());
    for (auto& [key, value] : v) {
      K k = key;
      archive(a, k);
      archive(a, value);
    }
  }
}

template <class A, class T>
void archive(A& a, T& v) {
  if constexpr (std::is_same_v<T, bool>) {
    std::uint8_t b = v ? 1 : 0;
    archive_integer(a, b);
    v = b != 0;
  } else if constexpr (std::is_enum_v<T>) {
    auto raw = static_cast<std::underlying_type_t<T>>(v);
    archive_integer(a, raw);
    v = static_cast<T>(raw);
  } else if constexpr (std::is_integral_v<T>) {
    archive_integer(a, v);
  } else if constexpr (requires { v.visit([](auto&...) {}); }) {
    v.visit([&a](auto&... fields) { (archive(a, fields), ...); });
  } else {
    archive_one(a, v);
  }
}

template <class T>
Bytes to_row(const T& value) {
  ArchiveWriter writer;
  T copy = value;  // visit() is one function for both directions and wants a mutable struct
  archive(writer, copy);
  return writer.take();
}

// Nothing when the row is malformed or has bytes left over.
template <class T>
std::optional<T> from_row(std::string_view row) {
  ArchiveReader reader(row);
  T value{};
  archive(reader, value);
  if (!reader.at_end()) return std::nullopt;
  return value;
}

}  // namespace opora
