// Two layers of changes read as one: what a transaction has changed lies over what the one before
// it has, whose commit goes on. One thread.
#pragma once

#include <functional>
#include <string_view>

namespace opora::sync {

// A cursor (merge.h) over the union of two; a row of `above` hides the row of `below` with its key.
// `before(a, b)` says that key a comes first.
template <class Cursor, class Before>
class Layered {
 public:
  Layered(Cursor above, Cursor below, Before before)
      : above_(above), below_(below), before_(before) {
    choose();
  }

  bool valid() const { return above_.valid() || below_.valid(); }
  std::string_view key() const { return from_above_ ? above_.key() : below_.key(); }
  const auto& value() const { return from_above_ ? above_.value() : below_.value(); }
  void step() {
    if (!from_above_) {
      below_.step();
    } else {
      const bool hides = below_.valid() && below_.key() == above_.key();
      if (hides) below_.step();
      above_.step();
    }
    choose();
  }

 private:
  void choose() {
    from_above_ = above_.valid() && (!below_.valid() || !before_(below_.key(), above_.key()));
  }

  Cursor above_;
  Cursor below_;
  Before before_;
  bool from_above_ = false;
};
template <class Cursor, class Before>
Layered(Cursor, Cursor, Before) -> Layered<Cursor, Before>;

}  // namespace opora::sync
