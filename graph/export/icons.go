package export

import "github.com/permchain/permchain/graph"

// icons are strokes on a field of 16 by 16, one for each kind of node.
var icons = map[graph.NodeKind]string{
	graph.KindUser:        "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.4-3 2.6-4.5 5.5-4.5s5.1 1.5 5.5 4.5z",
	graph.KindGroup:       "M6 8a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM1.5 13.5c.3-2.6 2-4 4.5-4s4.2 1.4 4.5 4zM10.5 3.2a2.5 2.5 0 0 1 0 4.7M12 9.9c1.5.5 2.3 1.8 2.5 3.6",
	graph.KindFederated:   "M2 3.5h12v9H2zM5.5 8a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8zM3.7 10.8c.2-1.2.8-1.8 1.8-1.8s1.6.6 1.8 1.8M9.5 6.5h2.8M9.5 9.5h2.8",
	graph.KindAccount:     "M3 14V3.5L8 2v12M8 5.5l5 1.5v7M1.5 14h13M5.5 5.5v.1M5.5 8v.1M5.5 10.5v.1M10.5 9v.1M10.5 11.5v.1",
	graph.KindService:     "M8 1.8 13.4 5v6L8 14.2 2.6 11V5zM8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
	graph.KindAnyone:      "M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM1.8 8h12.4M8 1.8c2 1.8 2.6 4 2.6 6.2S10 12.4 8 14.2c-2-1.8-2.6-4-2.6-6.2S6 3.6 8 1.8z",
	graph.KindOrg:         "M6 1.8h4v3.4H6zM1.5 10.8h4v3.4h-4zM10.5 10.8h4v3.4h-4zM8 5.2V8M3.5 10.8V8h9v2.8",
	graph.KindRole:        "M5.5 6.5a3 3 0 1 1 2.6 2.97L6.5 11H5v1.5H3.5V14H1.5v-2.2l4.1-4.1a3 3 0 0 1-.1-1.2zM9.3 5.7v.1",
	graph.KindModel:       "M8 1.8 13.5 5v6L8 14.2 2.5 11V5zM8 8v6M8 8 2.6 5M8 8l5.4-3",
	graph.KindProfile:     "M8 2 14 5 8 8 2 5zM2.3 8 8 10.9 13.7 8M2.3 11 8 13.9 13.7 11",
	graph.KindAgent:       "M8 1.5v3M4 4.5h8A1.5 1.5 0 0 1 13.5 6v6a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12V6A1.5 1.5 0 0 1 4 4.5zM5.8 8v1.5M10.2 8v1.5",
	graph.KindAgentAlias:  "M2 3h6.5L14 8l-5.5 5H2zM5 6.7v1.5M8 6.7v1.5",
	graph.KindRuntime:     "M2 3h12v10H2zM4.5 6l2.2 2-2.2 2M8.5 10.2h3",
	graph.KindEndpoint:    "M8 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM5 11a4.2 4.2 0 0 1 0-6M11 5a4.2 4.2 0 0 1 0 6M2.9 13a7 7 0 0 1 0-10M13.1 3a7 7 0 0 1 0 10",
	graph.KindFlow:        "M2 3h4v3.4H2zM10 3h4v3.4h-4zM6 9.8h4v3.4H6zM6 4.7h4M4 6.4v2l2 2.8M12 6.4v2l-2 2.8",
	graph.KindKB:          "M3 3.5c2-.9 3.6-.7 5 .5 1.4-1.2 3-1.4 5-.5v9c-2-.9-3.6-.7-5 .5-1.4-1.2-3-1.4-5-.5zM8 4v9",
	graph.KindVectorStore: "M3.5 4.5a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM12 6a1.2 1.2 0 1 0 0-2.4A1.2 1.2 0 0 0 12 6zM8 9.5a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM4 13.8a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM12.5 13a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4zM4.3 4.2l2.9 3.2M8.9 7.5l2.2-2M7.2 9.2l-2.4 2.5M9 9l2.6 2.2",
	graph.KindBucket:      "M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2S11 6 8 6s-5.5-.9-5.5-2zM2.5 4l1.3 8.5c.2.9 1.9 1.5 4.2 1.5s4-.6 4.2-1.5L13.5 4",
	graph.KindTable:       "M2 3h12v10H2zM2 6.3h12M2 9.7h12M6.5 3v10",
	graph.KindSecret:      "M1.8 5h12.4v6H1.8zM4.5 8v.1M7 8v.1M9.5 8v.1M12 8v.1",
	graph.KindDatabase:    "M2.5 4c0-1.3 2.5-2.2 5.5-2.2s5.5.9 5.5 2.2-2.5 2.2-5.5 2.2S2.5 5.3 2.5 4zm0 0v8c0 1.3 2.5 2.2 5.5 2.2s5.5-.9 5.5-2.2V4M2.5 8c0 1.3 2.5 2.2 5.5 2.2s5.5-.9 5.5-2.2",
	graph.KindIndex:       "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14M5 6h4M5 8.2h2.5",
	graph.KindSource:      "M4.5 12.5a3 3 0 0 1-.4-6 4 4 0 0 1 7.8 0 3 3 0 0 1-.4 6zM8 7.5v3.5M6.5 9.5 8 11l1.5-1.5",
	graph.KindFunction:    "M4 2.5h2l5 11h2M7.3 6.2 3.5 13.5",
	graph.KindActionGroup: "M9 1.5 3 9h4l-1 5.5L12.5 7H8.5z",
	graph.KindGateway:     "M6 2.5h7.5v11H6M1.5 8h8M7 5.5 9.5 8 7 10.5",
	graph.KindTool:        "M9.6 6.4a3.6 3.6 0 0 1 4.5-4.4L12 4.2l.4 1.4 1.4.4L16 3.9M9.6 6.4 2.5 13.5M10.8 7.6 3.7 14.5a1.2 1.2 0 0 1-1.8-1.8",
	graph.KindTopic:       "M2.5 6.5h3l6-3.5v10l-6-3.5h-3zM5.5 9.5v3.5h2v-2.4M13.8 6.5v3",
	graph.KindQueue:       "M1.5 5h3.6v6H1.5zM6.2 5h3.6v6H6.2zM10.9 5h3.6v6h-3.6z",
	graph.KindStates:      "M5.5 1.8h5v3.4h-5zM1.8 10.8h4.6v3.4H1.8zM9.6 10.8h4.6v3.4H9.6zM6.5 5.2 4.1 10.8M9.5 5.2l2.4 5.6",
	graph.KindLogGroup:    "M3 3h10M3 6.3h10M3 9.7h7M3 13h5",
	graph.KindTrail:       "M3.5 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM12.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM5 12h5.5a2.2 2.2 0 0 0 0-4.4h-5a2.2 2.2 0 0 1 0-4.4H11",
	graph.KindEventStore:  "M2.5 3h11M2.5 6.3h6M2.5 9.7h4M2.5 13h4M11 13.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM11 9v1.6l1 .8",
	graph.KindLogBucket:   "M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2S11 6 8 6s-5.5-.9-5.5-2zM2.5 4l1.3 8.5c.2.9 1.9 1.5 4.2 1.5s4-.6 4.2-1.5L13.5 4M5.8 8.8h4.4M6.2 11.2h3.6",
	graph.KindKey:         "M4 7h8v6.5H4zM5.7 7V4.8a2.3 2.3 0 0 1 4.6 0V7M8 9.5v1.5",
	graph.KindGuardrail:   "M8 1.8 13 3.6v4.2c0 3-2 5.2-5 6.4-3-1.2-5-3.4-5-6.4V3.6z",
	graph.KindPolicy:      "M3.5 1.8h6l3 3v9.4h-9zM9.5 1.8v3h3M5.7 8h4.6M5.7 10.7h4.6",
	graph.KindMemory:      "M4 4h8v8H4zM6.5 6.5h3v3h-3zM6 4V1.8M10 4V1.8M6 14.2V12M10 14.2V12M4 6H1.8M4 10H1.8M14.2 6H12M14.2 10H12",
}

// outsideIcon stands for an account, or anything of one, that is not ours.
const outsideIcon = "M8 1.5 14.5 13.5H1.5zM8 6v4M8 11.5v.6"

// Icon returns the strokes of a node kind's icon: path data on a field of 16 by 16.
func Icon(k graph.NodeKind) string {
	if d, ok := icons[k]; ok {
		return d
	}
	return icons[graph.KindTool]
}
