// Whose records a list is asked for: by a telephone number, by the mail address, or by name and
// date of birth together (protocol/domain/person_key.h), one of the three.
#pragma once

#include <string>

#include "protocol/domain/state.h"
#include "web/server/query_reader.h"

namespace opora::app {

struct PersonQuery {
  std::string phone;  // normal forms; at most one of the three is not empty
  std::string mail;
  std::string person;

  bool asked() const { return !name().empty(); }
  // Of the parameter that asks; empty: none.
  std::string name() const;
  // The prefix of his rows, newest first; empty: nobody is asked for.
  Bytes rows(protocol::Kind kind) const;
};

// ?phone=, ?email=, ?applicant= with ?birth_date=.
PersonQuery read_person(web::QueryReader& in);

}  // namespace opora::app
