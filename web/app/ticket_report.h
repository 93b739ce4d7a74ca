// Reads the report of accepted and completed tickets (A19) from one snapshot: of the region at the
// hub, of the own site at a node. Reads cells of one group and its days only, whatever the number
// of tickets.
#pragma once

#include <string>
#include <vector>

#include "protocol/domain/contact_figures.h"
#include "web/app/context.h"
#include "web/app/report_days.h"

namespace opora::app {

struct TicketQuestion {
  protocol::TicketClass of{};
  protocol::TicketGroup group{};
  ReportDays days;
  std::optional<SiteNo> site;  // always at a node
};

struct TicketReportRow {
  std::string value;  // of the group; empty: of all
  std::string name;   // empty where people's words are the screen's (lines, urgencies)
  protocol::TicketCount count;
  // A12. By urgency and by result, which contacts do not have, the total alone has them, of all
  // contacts; else it is the sum of the rows.
  protocol::ContactCount contacts;
  std::optional<TimeMs> data_through;  // the oldest of the sites in it
  bool behind = false;                 // one of them is
};

struct TicketReport {
  // By day, line and urgency in their order, the most urgent first, with zeros for what had none;
  // sites and topics by what was accepted, people by the contacts they took, the most first.
  std::vector<TicketReportRow> rows;
  TicketReportRow total;
};

TicketReport read_ticket_report(const Context& context, const sync::Reader& rows,
                                const TicketQuestion& question);

}  // namespace opora::app
