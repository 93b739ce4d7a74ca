#include "web/app/ticket_report.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <tuple>

#include "protocol/domain/kind_texts.h"
#include "web/app/daily.h"
#include "web/app/render.h"

namespace opora::app {

using protocol::TicketFigure;
using protocol::TicketGroup;

namespace {

constexpr int kLines = 3;

class TicketReportReader {
 public:
  TicketReportReader(const Context& context, const sync::Reader& rows, const TicketQuestion& asked)
      : context_(context), rows_(rows), asked_(asked) {}

  TicketReport read() {
    add_values();
    add_sites();
    read_cells();
    if (!all_heard_) total_.data_through.reset();
    TicketReport out;
    for (auto& [value, row] : by_value_) {
      total_.count.add(row.count.counters);
      total_.contacts.add(row.contacts.counters);
      if (asked_.group != TicketGroup::kSite) {
        row.data_through = total_.data_through;
        row.behind = total_.behind;
      }
      out.rows.push_back(std::move(row));
    }
    name(out.rows);
    sort(out.rows);
    out.total = std::move(total_);
    return out;
  }

 private:
  TicketReportRow& row_of(const std::string& value) {
    TicketReportRow& row = by_value_[value];
    row.value = value;
    return row;
  }

  // What is shown although nothing happened.
  void add_values() {
    switch (asked_.group) {
      case TicketGroup::kDay:
        for (LocalDay day = asked_.days.from; day <= asked_.days.to; day = protocol::next(day))
          row_of(to_text(day));
        break;
      case TicketGroup::kLine:
        for (int line = 1; line <= kLines; ++line) row_of(std::to_string(line));
        break;
      case TicketGroup::kUrgency:
        for (const auto& urgency : protocol::Names<protocol::Urgency>::kTable)
          row_of(std::string(urgency.name));
        break;
      case TicketGroup::kTopic:
      case TicketGroup::kSite:
      case TicketGroup::kOperator:
      case TicketGroup::kResult: break;
      case TicketGroup::kSubject: add_subjects(); break;
    }
  }

  // Of the class that is asked for; what was not said has a row when it has figures.
  void add_subjects() {
    const auto all = [this]<class E>(protocol::ContactKind kind, const E&) {
      for (const auto& one : E::kTable)
        row_of(std::string(protocol::to_name(kind)) + "." + std::string(one.name));
    };
    if (asked_.of == protocol::TicketClass::kWishes)
      all(protocol::ContactKind::kWish, protocol::Names<protocol::WishSubject>{});
    else all(protocol::ContactKind::kHotLine, protocol::Names<protocol::HotLine>{});
  }

  void add_sites() {
    for (const SiteInfo& site : reporting_sites(context_, rows_)) {
      if (asked_.site && *asked_.site != site.no) continue;
      const auto through = context_.data_through(site.no);
      if (!has_figures(context_, site, through)) continue;
      const bool behind = is_behind(context_, site, through, asked_.days.to);
      all_heard_ = all_heard_ && through.has_value();
      if (through) total_.data_through = std::min(total_.data_through.value_or(*through), *through);
      total_.behind = total_.behind || behind;
      if (asked_.group != TicketGroup::kSite) continue;
      TicketReportRow& row = row_of(std::to_string(site.no.v));
      row.name = site.name;
      row.data_through = through;
      row.behind = behind;
    }
  }

  std::string value_of(const protocol::TicketCell& cell) const {
    if (asked_.group == TicketGroup::kDay) return to_text(cell.day);
    return asked_.group == TicketGroup::kSite && asked_.site ? std::to_string(asked_.site->v)
                                                             : cell.value;
  }

  void read_cells() {
    // A site has no cells by site: all of its figures are its own.
    const bool by_itself = asked_.group == TicketGroup::kSite && asked_.site;
    const TicketGroup group = by_itself ? TicketGroup::kDay : asked_.group;
    const SiteNo scope = asked_.site.value_or(kHubSite);
    const auto cells = [&](LocalDay from) {
      return protocol::keys::ticket_cells(asked_.of, scope, group, from);
    };
    rows_.scan(
        sync::Table::kCube, cells(asked_.days.from), cells(protocol::next(asked_.days.to)),
        [&](std::string_view key, std::string_view value) {
          row_of(value_of(protocol::ticket_cell(key))).count.add(protocol::counters_of(value));
          return true;
        });
    if (contacts_have(group)) {
      read_contacts(group,
                    [this](const protocol::TicketCell& cell) { return &row_of(value_of(cell)); });
    } else {
      read_contacts(TicketGroup::kDay, [this](const protocol::TicketCell&) { return &total_; });
    }
  }

  static bool contacts_have(TicketGroup group) {
    return group != TicketGroup::kUrgency && group != TicketGroup::kResult;
  }

  // Into the row that `row_for` says for each cell.
  void read_contacts(TicketGroup group,
                     const std::function<TicketReportRow*(const protocol::TicketCell&)>& row_for) {
    const SiteNo scope = asked_.site.value_or(kHubSite);
    const auto cells = [&](LocalDay from) {
      return protocol::keys::contact_cells(asked_.of, scope, group, from);
    };
    rows_.scan(sync::Table::kCube, cells(asked_.days.from), cells(protocol::next(asked_.days.to)),
               [&](std::string_view key, std::string_view value) {
                 row_for(protocol::ticket_cell(key))->contacts.add(protocol::counters_of(value));
                 return true;
               });
  }

  void name(std::vector<TicketReportRow>& out) {
    Renderer renderer(context_, rows_);
    for (TicketReportRow& row : out) {
      if (asked_.group == TicketGroup::kTopic) row.name = renderer.topic_name(row.value);
      if (asked_.group == TicketGroup::kOperator) row.name = name_of(renderer.people(), row.value);
      // One that is in no directory (any more) still shows its figures.
      if (asked_.group == TicketGroup::kSite && row.name.empty())
        row.name = site_info(context_, rows_, site_of(row.value)).name;
    }
  }

  static std::string name_of(People& people, const std::string& user) {
    const auto id = AggregateId::from_hex(user);
    if (!id) return {};
    const People::Person& person = people.by_id(*id);
    return person.name.empty() ? person.login : person.name;
  }

  static std::pair<std::string, int> place_of_result(const std::string& value) {
    const std::size_t dot = value.find('.');
    const auto result = protocol::from_name<protocol::TicketResult>(
        std::string_view(value).substr(std::min(dot, value.size() - 1) + 1));
    return {value.substr(0, dot), static_cast<int>(result.value_or(protocol::TicketResult::kNone))};
  }

  static SiteNo site_of(const std::string& value) {
    SiteNo out;
    std::from_chars(value.data(), value.data() + value.size(), out.v);
    return out;
  }

  void sort(std::vector<TicketReportRow>& out) const {
    if (asked_.group == TicketGroup::kUrgency) {
      std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        const auto urgency = [](const TicketReportRow& row) {
          return protocol::from_name<protocol::Urgency>(row.value);
        };
        return urgency(a) > urgency(b);
      });
    }
    if (asked_.group == TicketGroup::kResult) {
      // As people name them: by kind, what is not over first.
      std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return place_of_result(a.value) < place_of_result(b.value);
      });
    }
    const auto taken = [this](const TicketReportRow& row) {
      return asked_.group == TicketGroup::kOperator ? row.contacts.at(protocol::ContactFigure::kAll)
                                                    : row.count.at(TicketFigure::kAccepted);
    };
    if (asked_.group != TicketGroup::kTopic && asked_.group != TicketGroup::kSite &&
        asked_.group != TicketGroup::kOperator)
      return;
    std::sort(out.begin(), out.end(), [&taken](const auto& a, const auto& b) {
      return std::make_tuple(-taken(a), std::cref(a.name), std::cref(a.value)) <
             std::make_tuple(-taken(b), std::cref(b.name), std::cref(b.value));
    });
  }

  const Context& context_;
  const sync::Reader& rows_;
  const TicketQuestion& asked_;
  std::map<std::string, TicketReportRow> by_value_;
  TicketReportRow total_;
  bool all_heard_ = true;
};

}  // namespace

TicketReport read_ticket_report(const Context& context, const sync::Reader& rows,
                                const TicketQuestion& question) {
  return TicketReportReader(context, rows, question).read();
}

}  // namespace opora::app
