"""Agreements: the rules that residents write themselves, adopt, keep and sign.

Words: an *agreement* (公约) has *versions* (版本) of *articles* (条). A version is drafted (起草中), put out for
comment (征求意见中), put up for adoption (表决通过中), and once adopted in force (施行中) from its *effective day*
(施行日) until the next one supersedes it (已被新版替代). An article may carry *points rules*: it names lines of the
tariff, or sets one. Households *sign* (签约) the version in force. A version without articles repeals (废止) the
agreement.
"""
