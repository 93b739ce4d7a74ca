// A Cap'n Proto message as bytes in its canonical form, and back. Inside protocol/codec only: the
// one place where KJ exceptions end. Pure functions, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <capnp/message.h>
#include <capnp/serialize.h>

#include "protocol/base/bytes.h"
#include "protocol/base/ids.h"
#include "protocol/base/result.h"

namespace opora::protocol::message {

// First space of a message under construction: most fit, larger ones go on in the heap.
inline constexpr std::size_t kScratchWords = 512;
// Lists of structs of texts are three levels; more is an attack on the stack.
inline constexpr int kMaxNesting = 8;

inline Error corrupt(const char* what) { return Error{Code::kCorrupt, "", what}; }

template <class Root, class Fill>
Bytes to_bytes(Fill fill) {
  // The builder leaves it zeroed behind it.
  static thread_local std::array<std::uint64_t, kScratchWords> scratch{};
  capnp::MallocMessageBuilder builder(
      kj::arrayPtr(reinterpret_cast<capnp::word*>(scratch.data()), scratch.size()));
  auto root = builder.initRoot<Root>();
  fill(root);
  const kj::Array<capnp::word> words = capnp::canonicalize(root.asReader());
  const auto chars = words.asChars();
  return Bytes(chars.begin(), chars.size());
}

// Words where the bytes may stand unaligned, as in a frame from the network or behind a row's
// prefix.
class AlignedWords {
 public:
  explicit AlignedWords(std::string_view bytes) {
    const std::size_t count = bytes.size() / sizeof(capnp::word);
    if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) == 0) {
      words_ = kj::arrayPtr(reinterpret_cast<const capnp::word*>(bytes.data()), count);
      return;
    }
    copy_ = kj::heapArray<capnp::word>(count);
    std::memcpy(copy_.begin(), bytes.data(), count * sizeof(capnp::word));
    words_ = copy_;
  }
  kj::ArrayPtr<const capnp::word> words() const { return words_; }

 private:
  kj::Array<capnp::word> copy_;
  kj::ArrayPtr<const capnp::word> words_;
};

// Calls read(Root::Reader), which returns a Result<T>, on a message in canonical form.
template <class T, class Root, class Read>
Result<T> from_bytes(std::string_view bytes, std::size_t max_bytes, Read read) {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0) return corrupt("not whole words");
  if (bytes.size() > max_bytes) return corrupt("over the limit of size");
  try {
    const AlignedWords aligned(bytes);
    const kj::ArrayPtr<const capnp::word> segment = aligned.words();
    capnp::ReaderOptions options;
    // The check of the form and each getter once; lists of empty structs count by their length.
    options.traversalLimitInWords = 8 * segment.size() + 64;
    options.nestingLimit = kMaxNesting;
    capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment, 1), options);
    if (!reader.isCanonical()) return corrupt("not in canonical form");
    return read(reader.getRoot<Root>());
  } catch (const kj::Exception&) {
    return corrupt("undecodable message");
  }
}

inline capnp::Data::Reader data(std::string_view bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}
inline std::string_view view(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}
inline std::string_view view(capnp::Text::Reader text) { return {text.begin(), text.size()}; }
// Fills a Text field through its init function, since the field's own setter wants a zero behind
// the bytes.
template <class Init>
void set_text(std::string_view text, Init init) {
  if (text.empty()) return;
  auto out = init(static_cast<unsigned>(text.size()));
  std::memcpy(out.begin(), text.data(), text.size());
}

// The same of a list of texts: `init` makes one of that many.
template <class Init>
void set_texts(const std::vector<std::string>& texts, Init init) {
  if (texts.empty()) return;
  auto out = init(static_cast<unsigned>(texts.size()));
  for (unsigned i = 0; i < out.size(); ++i)
    set_text(texts[i], [&](unsigned size) { return out.init(i, size); });
}

// False when the size is not exactly the id's.
template <class Id>
bool get_id(capnp::Data::Reader in, Id& out) {
  const auto id = Id::from(view(in));
  if (id) out = *id;
  return id.has_value();
}
// The same with "empty" for zero, the form of a reference to nothing.
template <class Id>
bool get_optional_id(capnp::Data::Reader in, Id& out) {
  if (in.size() == 0) return true;
  return get_id(in, out) && !out.is_zero();
}

template <class E>
std::uint8_t number(E e) {
  return static_cast<std::uint8_t>(e);
}

}  // namespace opora::protocol::message

// Text fields have no common setter: OPORA_SET_TEXT(out, Topic, f.topic) calls out.initTopic(size).
#define OPORA_SET_TEXT(out, Field, value)     \
  ::opora::protocol::message::set_text(value, \
                                       [&](unsigned size) { return (out).init##Field(size); })
