// Where the rows behind a figure of the ticket report are, by the report's own cells (A19): a day
// and a site whose cell is empty, or whose rows have all been given, are leapt over, so that a
// figure of three is opened among millions. One answer's, one thread.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "protocol/domain/contact_figures.h"
#include "sync/journal/kv.h"

namespace opora::app {

// Of which cells: of a group and a value, which count at least what is asked for.
struct FigureCells {
  protocol::TicketClass of{};
  bool of_contacts = false;
  protocol::TicketGroup group{};
  std::string value;
  protocol::FigureSet figures;
  std::optional<SiteNo> site;  // nothing: of the region
};

class FigureDays {
 public:
  FigureDays(const sync::Reader& rows, FigureCells asked) : rows_(rows), asked_(std::move(asked)) {}

  // The key of a row of moments that belongs to the answer.
  void found(std::string_view key);
  // Of one that does not: from where the next may stand; empty: behind it.
  Bytes leap(std::string_view key);

 private:
  struct Place {
    protocol::LocalDay day;
    SiteNo site;
    auto operator<=>(const Place&) const = default;
  };
  static Place place_of(std::string_view key);
  std::int64_t count(const Place& place) const;
  std::int64_t& left(const Place& place);
  Bytes key_of(const Place& place) const;

  const sync::Reader& rows_;
  const FigureCells asked_;
  Place at_{};
  std::optional<std::int64_t> left_;  // rows that are still to come, of that day and site
};

}  // namespace opora::app
