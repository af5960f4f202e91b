"""The operator's pages, as the walked town has them; a new page is a new line."""

from __future__ import annotations

WHO = "operator"
PATHS = [
    "/",
    "/operator",
    "/operator/checks",
    "/operator/companies/{source}",
    "/operator/companies/{hiring}",
    "/operator/disputes",
    "/operator/disputes/hire/{hire}",
    "/operator/disputes/leave/{hire}",
    "/operator/disputes/ownership/{hire}",
    "/operator/disputes/prior-contact/{introduction}",
    "/operator/glass",
    "/operator/messages",
    "/operator/messages?only=sent",
    "/operator/people/{person}",
    "/operator/people/{person}/consents",
    "/operator/projections",
    "/operator/register",
    "/operator/search",
    "/operator/search?q={introduction}",
    "/operator/stories",
    "/operator/stories?ident={introduction}",
    "/operator/stuck",
    "/operator/tasks",
    "/operator/companies/{source}/recovery",
    "/operator/view-as/{person}/me",
    "/operator/view-as/{source}/source",
    "/operator/view-as/{hiring}/hiring",
]
