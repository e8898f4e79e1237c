package rules

// What the rules answer to. Each was confirmed at its source; the version is part of what is cited.
var (
	// OWASP Top 10 for LLM Applications 2025, https://genai.owasp.org/llm-top-10/
	llm02 = Reference{"LLM02:2025", "Sensitive Information Disclosure", "OWASP Top 10 for LLM Applications 2025", "https://genai.owasp.org/llmrisk/llm022025-sensitive-information-disclosure/"}
	llm06 = Reference{"LLM06:2025", "Excessive Agency", "OWASP Top 10 for LLM Applications 2025", "https://genai.owasp.org/llmrisk/llm062025-excessive-agency/"}
	llm08 = Reference{"LLM08:2025", "Vector and Embedding Weaknesses", "OWASP Top 10 for LLM Applications 2025", "https://genai.owasp.org/llmrisk/llm082025-vector-and-embedding-weaknesses/"}

	// OWASP Top 10 for Agentic Applications 2026
	asi02 = Reference{"ASI02", "Tool Misuse and Exploitation", "OWASP Top 10 for Agentic Applications 2026", "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/"}
	asi03 = Reference{"ASI03", "Identity and Privilege Abuse", "OWASP Top 10 for Agentic Applications 2026", "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/"}
	asi09 = Reference{"ASI09", "Human-Agent Trust Exploitation", "OWASP Top 10 for Agentic Applications 2026", "https://genai.owasp.org/resource/owasp-top-10-for-agentic-applications-for-2026/"}

	// AWS Well-Architected, Generative AI Lens
	gensec01bp01 = Reference{"GENSEC01-BP01", "Grant least privilege access to foundation model endpoints", "AWS Well-Architected Generative AI Lens, 2025", "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec01-bp01.html"}
	gensec01bp03 = Reference{"GENSEC01-BP03", "Implement least privilege access permissions for foundation models accessing data stores", "AWS Well-Architected Generative AI Lens, 2025", "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec01-bp03.html"}
	gensec01bp04 = Reference{"GENSEC01-BP04", "Implement access monitoring to generative AI services and foundation models", "AWS Well-Architected Generative AI Lens, 2025", "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec01-bp04.html"}
	gensec05bp01 = Reference{"GENSEC05-BP01", "Implement least privilege access and permissions boundaries for agentic workflows", "AWS Well-Architected Generative AI Lens, 2025", "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/gensec05-bp01.html"}

	// AWS Well-Architected, Agentic AI Lens (10 June 2026)
	agentsec03bp03 = Reference{"AGENTSEC03-BP03", "Implement least privilege with dynamic boundaries", "AWS Well-Architected Agentic AI Lens, June 2026", "https://docs.aws.amazon.com/wellarchitected/latest/agentic-ai-lens/agentsec03-bp03.html"}
	agentsec05bp01 = Reference{"AGENTSEC05-BP01", "Implement comprehensive logging and decision artifact storage", "AWS Well-Architected Agentic AI Lens, June 2026", "https://docs.aws.amazon.com/wellarchitected/latest/agentic-ai-lens/agentsec05-bp01.html"}

	// NIST AI 100-1
	govern21 = Reference{"GOVERN 2.1", "Roles, responsibilities and lines of communication for AI risks are documented and clear", "NIST AI RMF 1.0", "https://airc.nist.gov/airmf-resources/airmf/5-sec-core/"}
	map35    = Reference{"MAP 3.5", "Processes for human oversight are defined, assessed and documented", "NIST AI RMF 1.0", "https://airc.nist.gov/airmf-resources/airmf/5-sec-core/"}

	// AWS IAM User Guide
	confusedDeputy = Reference{"AWS IAM", "The confused deputy problem", "AWS IAM User Guide", "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"}
)
