package rules

// What the rules answer to. Each entry's id, title and version were read in a copy of the source named with its group,
// not on the live page: where the publisher has a newer edition that numbers otherwise, the version here still says
// which one the id is of. An entry is cited by a rule only where its text asks for what the rule looks for. Check an
// entry that you add in the same way, and say here what you read.
var (
	// Read in OWASP's own repository of the 2025 edition (2_0_vulns/LLM02_….md and so on) and on copies of the pages
	// cited. The 2026 edition of August 2026 numbers anew: Excessive Agency is LLM03 there.
	llm02 = Reference{"LLM02:2025", "Sensitive Information Disclosure", owaspLLM, "https://genai.owasp.org/llmrisk/llm022025-sensitive-information-disclosure/"}
	llm06 = Reference{"LLM06:2025", "Excessive Agency", owaspLLM, "https://genai.owasp.org/llmrisk/llm062025-excessive-agency/"}
	llm08 = Reference{"LLM08:2025", "Vector and Embedding Weaknesses", owaspLLM, "https://genai.owasp.org/llmrisk/llm082025-vector-and-embedding-weaknesses/"}

	// Read in transcripts of the document, its version and date on its own first page. The entries have no pages of their own.
	asi02 = Reference{"ASI02", "Tool Misuse and Exploitation", owaspAgentic, "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/"}
	asi03 = Reference{"ASI03", "Identity and Privilege Abuse", owaspAgentic, "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/"}
	asi09 = Reference{"ASI09", "Human-Agent Trust Exploitation", owaspAgentic, "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/"}

	// Read on copies of the pages cited; the first date on the lens's front page, the second where AWS's announcement of
	// the update is listed.
	gensec01bp01 = Reference{"GENSEC01-BP01", "Grant least privilege access to foundation model endpoints", genAILens, "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec01-bp01.html"}
	gensec01bp03 = Reference{"GENSEC01-BP03", "Implement least privilege access permissions for foundation models accessing data stores", genAILens, "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec01-bp03.html"}
	gensec01bp04 = Reference{"GENSEC01-BP04", "Implement access monitoring to generative AI services and foundation models", genAILens, "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec01-bp04.html"}
	gensec05bp01 = Reference{"GENSEC05-BP01", "Implement least privilege access and permissions boundaries for agentic workflows", genAILens, "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec05-bp01.html"}

	// Read on copies of the pages cited and in the lens's Appendix A; the date in its document revisions.
	agentsec03bp03 = Reference{"AGENTSEC03-BP03", "Implement least privilege with dynamic boundaries", agenticLens, "https://docs.aws.amazon.com/wellarchitected/latest/agentic-ai-lens/agentsec03-bp03.html"}
	agentsec04bp02 = Reference{"AGENTSEC04-BP02", "Human-in-the-loop for critical decisions", agenticLens, "https://docs.aws.amazon.com/wellarchitected/latest/agentic-ai-lens/agentsec04-bp02.html"}
	agentsec05bp01 = Reference{"AGENTSEC05-BP01", "Implement comprehensive logging and decision artifact storage", agenticLens, "https://docs.aws.amazon.com/wellarchitected/latest/agentic-ai-lens/agentsec05-bp01.html"}

	// Read on copies of the pages cited, which say no date, and under the same ids and titles in the edition of 2023-04-10.
	sec01bp01 = Reference{"SEC01-BP01", "Separate workloads using accounts", framework, "https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_securely_operate_multi_accounts.html"}
	sec03bp07 = Reference{"SEC03-BP07", "Analyze public and cross-account access", framework, "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_analyze_cross_account.html"}

	// Read in what Tenable (2.14) and Prowler (4.8, 4.9) publish of version 7.0.0, item by item: the benchmark itself is given
	// out on request only, so that the page cited is the one to ask on.
	cis214 = Reference{"CIS AWS 2.14", `Ensure IAM policies that allow full "*:*" administrative privileges are not attached`, cisAWS, "https://www.cisecurity.org/benchmark/amazon_web_services"}
	cis48  = Reference{"CIS AWS 4.8", "Ensure that object-level logging for write events is enabled for S3 buckets", cisAWS, "https://www.cisecurity.org/benchmark/amazon_web_services"}
	cis49  = Reference{"CIS AWS 4.9", "Ensure that object-level logging for read events is enabled for S3 buckets", cisAWS, "https://www.cisecurity.org/benchmark/amazon_web_services"}

	// Read in transcripts of the document; a subcategory's title is its whole text.
	govern21 = Reference{"GOVERN 2.1", "Roles and responsibilities and lines of communication related to mapping, measuring, and managing AI risks are documented and are clear to individuals and teams throughout the organization", nistAIRMF, "https://nvlpubs.nist.gov/nistpubs/ai/NIST.AI.100-1.pdf"}
	map35    = Reference{"MAP 3.5", "Processes for human oversight are defined, assessed, and documented in accordance with organizational policies from the GOVERN function", nistAIRMF, "https://nvlpubs.nist.gov/nistpubs/ai/NIST.AI.100-1.pdf"}

	// Read on a copy of the page in AWS's guide for China, which has the same address under its own domain.
	confusedDeputy = Reference{"IAM User Guide", "The confused deputy problem", "AWS IAM User Guide, which has no versions", "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"}
)

// Versions of what is cited.
const (
	owaspLLM     = "OWASP Top 10 for LLM Applications 2025"
	owaspAgentic = "OWASP Top 10 for Agentic Applications 2026, December 2025"
	genAILens    = "AWS Well-Architected Generative AI Lens, April 2025, updated November 2025"
	agenticLens  = "AWS Well-Architected Agentic AI Lens, 10 June 2026"
	framework    = "AWS Well-Architected Framework, 2023-04-10 and since"
	cisAWS       = "CIS Amazon Web Services Foundations Benchmark v7.0.0"
	nistAIRMF    = "NIST AI RMF 1.0 (NIST AI 100-1), January 2023"
)
